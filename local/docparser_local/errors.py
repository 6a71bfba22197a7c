"""What can go wrong between a user and the embedded AWS.

LocalStackError
├── EngineError
│   ├── EngineStartError       one of the three programs did not come up
│   ├── PortInUseError         another program listens on one of their ports
│   ├── ForeignHomeError       the home directory belongs to another user
│   └── NotRunningError        no engine runs for this home directory
├── SynthesisError
│   └── NodeMissingError       the CDK needs Node.js, and there is none
└── DeploymentError
    ├── UnsupportedResourceError   a template asks for what the engine cannot do
    └── NotDeployedError           the stacks are not there, or not whole
"""

from __future__ import annotations


class LocalStackError(RuntimeError):
    """Root of every error of this package; its text is one line for the user."""


class EngineError(LocalStackError):
    """A process of the stack is not in the state that the caller needs."""


class EngineStartError(EngineError):
    """The engine, the gateway or the OCR server ended, or did not answer, before it was ready."""


class PortInUseError(EngineError):
    """Something that is not this home's program listens on the port."""


class ForeignHomeError(EngineError):
    """The home directory belongs to another user, who could read every document in it."""


class NotRunningError(EngineError):
    """No engine runs for this home directory."""


class SynthesisError(LocalStackError):
    """The CDK application did not produce a cloud assembly."""


class NodeMissingError(SynthesisError):
    """The CDK application needs Node.js, which is not on the path."""


class DeploymentError(LocalStackError):
    """A stack did not reach a complete state."""


class UnsupportedResourceError(DeploymentError):
    """A template names a resource type or property that the engine would have dropped."""


class NotDeployedError(DeploymentError):
    """The stacks are missing, or lack an output that clients rely on."""
