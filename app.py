"""Entry point of ``cdk synth``: the stacks of one env, chosen by ``-c env=dev|prod|local``.

Without the CDK's command line (and so without Node's npx) the same assembly comes from
``CDK_OUTDIR=<folder> CDK_CONTEXT_JSON='{"env": "local"}' python app.py``.
"""

import aws_cdk as cdk

from infra.application import FEATURE_FLAGS, build

app = cdk.App(context=FEATURE_FLAGS)
build(app)
app.synth()
