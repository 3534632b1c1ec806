"""What gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.production")

application = get_wsgi_application()

from cms.checks import refuse_demonstration  # noqa: E402 (needs the models)

refuse_demonstration()

# What is loaded by now stays: the collector need not go through it again.
gc.collect()
gc.freeze()
