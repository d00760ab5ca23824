"""The Littlest JupyterHub's settings for the course: for /opt/tljh/config/jupyterhub_config.d/."""

from tljh.normalize import generate_system_username


def home(spawner):
    """The home that TLJH gives this user."""
    return "/home/" + generate_system_username("jupyter-" + spawner.user.name)


c = get_config()  # noqa: F821
c.Spawner.environment = {
    # Notebooks and `utils` come from the same pull, whatever version of the course is installed.
    "PYTHONPATH": lambda spawner: home(spawner) + "/relu-course",
    "JUPYTER_RUNTIME_DIR": lambda spawner: home(spawner) + "/.runtime",
}
# A kernel's ports on a shared machine would tell anybody there what it prints; files in the home do not.
c.Spawner.args = ["--KernelManager.transport=ipc"]
