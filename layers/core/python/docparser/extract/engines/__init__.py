"""Services that are asked for fields: off unless a deployment and a policy want them."""
