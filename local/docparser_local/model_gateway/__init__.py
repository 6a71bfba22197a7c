"""The APIs of SageMaker and Textract in front of the OCR server that runs on this machine.

``endpoint`` and ``invocation`` are what SageMaker Runtime knows, ``spool`` keeps accepted
invocations on disk, ``runner`` runs them through ``model_server`` and ``exchange``,
``notification`` says how they ended. ``description`` answers DescribeEndpoint, ``textract``
Textract's operations. ``application`` speaks HTTP, ``json_protocol`` the protocol of the services
that put the operation into a header.
"""
