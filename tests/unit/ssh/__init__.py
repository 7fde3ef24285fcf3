"""Stories of the parts of ssh, without a bastion."""
