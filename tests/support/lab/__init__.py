"""The recovery laboratory: a laptop, two networks, a bastion and a warehouse, and what can happen to them.

The hosts are network namespaces of this computer (root only). No packet leaves it, and nothing of its own network is
touched.
"""
