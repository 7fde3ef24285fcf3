"""Config files and hosts on which `resolve` has to agree with the real ``ssh -G``."""
