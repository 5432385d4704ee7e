"""RabbitMQ: the message queue of the OpenStack services."""
