"""The SageMaker Runtime API in front of the OCR server that runs on this machine.

``endpoint`` and ``invocation`` are what the API knows, ``spool`` keeps accepted invocations on
disk, ``runner`` runs them through ``model_server`` and ``exchange``, ``notification`` says how they
ended, ``application`` speaks HTTP.
"""
