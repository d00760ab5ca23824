"""A JupyterHub on one Linux computer: to see the course with several users before there is a cluster.

As root every user's server has a user id of its own, without an account in the system, and a home that no
other user can enter. Started by anybody else, all servers share that person's rights: nothing is kept apart.
One password lets anybody in under any name, so it listens on this computer alone. For a class, use
values.yaml or The Littlest JupyterHub; the settings of a learner's server are the same there.
"""

import os
import sys
from pathlib import Path

COURSE = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("RELU_HUB_FOLDER", "relu-hub")).absolute()
REPOSITORY = os.environ.get("RELU_HUB_REPOSITORY", str(COURSE))
PASSWORD = os.environ.get("RELU_HUB_PASSWORD", "")
FIRST_USER_ID = 50_000
MAP = "relu-course/notebooks/00_course_map.ipynb"
# The newest course is merged into the learner's copy, and what the learner has changed is kept. Where that
# fails, for instance because the repository does not answer, the learner goes on with the copy that is there.
START = """\
cd "$HOME" && umask 077
"$0" -m nbgitpuller.pull "$RELU_HUB_REPOSITORY" "$RELU_HUB_BRANCH" relu-course || echo "course: not pulled"
exec "$0" -m jupyterhub.singleuser "$@"
"""


def own_home_and_user_id(spawner):
    """Make the user's home; as root, give it and the server to a user id that nobody else has."""
    home = Path(spawner.home_dir)
    home.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:
        user_id = FIRST_USER_ID + spawner.user.id
        os.chown(home, user_id, user_id)
        spawner.popen_kwargs = {"user": user_id, "group": user_id, "extra_groups": []}


def closed_to_others(path):
    """The folders on the way to a path that users of other ids cannot pass."""
    return [str(each) for each in (path, *path.parents) if not each.stat().st_mode & 0o001]


if os.geteuid() == 0:
    for needed in (COURSE, Path(sys.prefix), Path(sys.base_prefix)):
        if shut := closed_to_others(needed):
            raise SystemExit(
                f"Users cannot reach {needed}, because {shut[-1]} is closed to others: put it elsewhere."
            )
if len(PASSWORD) < 8:
    raise SystemExit(
        "Set RELU_HUB_PASSWORD to at least 8 characters: who knows it gets a server under any name."
    )
homes, private = FOLDER / "homes", FOLDER / "hub"
for place in (FOLDER, homes):
    # Users pass through to their own homes, and list nothing.
    place.mkdir(mode=0o711, parents=True, exist_ok=True)
private.mkdir(mode=0o700, exist_ok=True)
# Git takes nothing from a folder that belongs to somebody else, unless it is told to.
git_settings = FOLDER / "gitconfig"
git_settings.write_text(f"[safe]\n\tdirectory = {COURSE}\n\tdirectory = {COURSE / '.git'}\n", "utf-8")
git_settings.chmod(0o644)

c = get_config()  # noqa: F821
c.JupyterHub.bind_url = f"http://127.0.0.1:{os.environ.get('RELU_HUB_PORT', '8000')}"
c.JupyterHub.db_url = f"sqlite:///{private / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(private / "cookie_secret")
c.JupyterHub.pid_file = str(private / "jupyterhub.pid")
c.ConfigurableHTTPProxy.pid_file = str(private / "proxy.pid")

c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = PASSWORD
c.Authenticator.allow_all = True

c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(homes / "{username}")
c.Spawner.pre_spawn_hook = own_home_and_user_id
c.Spawner.cmd = ["/bin/sh", "-c", START, sys.executable]
# A kernel's ports on this computer would tell anybody here what it prints; files in the home do not.
c.Spawner.args = ["--KernelManager.transport=ipc"]
c.Spawner.default_url = f"/lab/tree/{MAP}"
c.Spawner.environment = {
    "RELU_HUB_REPOSITORY": REPOSITORY,
    "GIT_CONFIG_SYSTEM": str(git_settings),
    "RELU_HUB_BRANCH": os.environ.get("RELU_HUB_BRANCH", "main"),
    # Notebooks and `utils` come from the same pull, whatever version of the course is installed.
    "PYTHONPATH": lambda spawner: str(Path(spawner.home_dir) / "relu-course"),
    # The names of such files have to be short.
    "JUPYTER_RUNTIME_DIR": lambda spawner: str(Path(spawner.home_dir) / ".runtime"),
}

# The room pulse for a leader: the address for participants is the hub's, with /services/pulse/ behind it. The
# room's code and the leader's page are in the file that its first line in the log names.
PULSE = f"http://127.0.0.1:{os.environ.get('RELU_HUB_PULSE_PORT', '8642')}"
c.JupyterHub.services = [
    {
        "name": "pulse",
        "url": PULSE,
        "cwd": str(COURSE),
        "command": [sys.executable, "-m", "utils", "pulse", "--folder", str(private / "pulse")],
    }
]
