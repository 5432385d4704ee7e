"""libvirt and QEMU: the hypervisor of a compute node."""
