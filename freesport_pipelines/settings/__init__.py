"""The only reader of the environment. Every other module receives what it needs as an argument.

All variables have defaults, so that nothing must be set to run the demo. `.env` in the working directory is read too.
"""

from freesport_pipelines.settings.cron import cron_mistake
from freesport_pipelines.settings.onec import OnecSettings, get_onec_settings
from freesport_pipelines.settings.profile_rules import ProfileRules
from freesport_pipelines.settings.shop import Settings, dagster_home, get_settings, with_driver

__all__ = [
    "OnecSettings",
    "ProfileRules",
    "Settings",
    "cron_mistake",
    "dagster_home",
    "get_onec_settings",
    "get_settings",
    "with_driver",
]
