"""Heat's resources with signed addresses, each with its key from its first moment.

Heat makes the key when the address is asked for. A stack's outputs ask for it as well, and who looks at a stack while it
is made can have a second key made at the same moment: of two parts, stored one after the other, the address then has
one of each key. Keystone refuses its signature for ever, and the stack waits for a signal that was sent.
"""

from heat.engine.resources.aws.autoscaling import scaling_policy as aws_policy
from heat.engine.resources.aws.cfn import wait_condition_handle
from heat.engine.resources.openstack.heat import scaling_policy
from heat.engine.resources.openstack.heat import wait_condition_handle as heat_handle
from heat.engine.resources.stack_user import StackUser


class Keyed(StackUser):
    """Makes the key with the user: nobody is told that the resource is there before both are."""

    def _create_user(self) -> None:
        super()._create_user()
        self._create_keypair()


class WaitConditionHandle(Keyed, wait_condition_handle.WaitConditionHandle):
    """A guest reports by its address."""


class HeatWaitConditionHandle(Keyed, heat_handle.HeatWaitConditionHandle):
    """The same, where its signals come to a signed address."""


class AWSScalingPolicy(Keyed, aws_policy.AWSScalingPolicy):
    """An alarm calls its address."""


class AutoScalingPolicy(Keyed, scaling_policy.AutoScalingPolicy):
    """An alarm calls its address."""


def resource_mapping() -> dict[str, type[StackUser]]:
    """Return the classes that replace Heat's own, by the names that templates give them."""
    return {
        "AWS::CloudFormation::WaitConditionHandle": WaitConditionHandle,
        "OS::Heat::WaitConditionHandle": HeatWaitConditionHandle,
        "AWS::AutoScaling::ScalingPolicy": AWSScalingPolicy,
        "OS::Heat::ScalingPolicy": AutoScalingPolicy,
    }
