"""Joins the service emulator (ministack) to the Amazon States Language interpreter (moto).

Every module here changes private names of one of the two packages, so their versions are pinned
exactly; ``tests/contract/engine`` has a check for each behaviour a module is responsible for.
"""
