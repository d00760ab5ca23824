"""The example hub of instructor/hub/ as it is, on free ports, with a JupyterLab that tests can talk to."""

import os
from pathlib import Path

c = get_config()  # noqa: F821
load_subconfig(str(Path(__file__).parents[2] / "instructor/hub/jupyterhub_config.py"))  # noqa: F821

c.JupyterHub.hub_port = int(os.environ["RELU_HUB_API_PORT"])
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{os.environ['RELU_HUB_PROXY_PORT']}"
c.Spawner.args = [*c.Spawner.args, "--LabApp.expose_app_in_browser=True"]
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120
