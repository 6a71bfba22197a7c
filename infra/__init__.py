"""The CDK stacks of Docparser."""
