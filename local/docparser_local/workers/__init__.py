"""Lambda execution environments: warm Python processes, a few per function.

``process`` is the program inside a worker, ``nursery`` makes workers by forking a process that has
the heavy imports behind it, ``worker`` speaks to one, ``pool`` shares them out, ``service`` puts
them under the Lambda API.
"""
