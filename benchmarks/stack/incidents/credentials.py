"""An attack, and a run in which nothing is wrong."""

from stack.plan import incident
from stack.scene import Scene
from stack.stuffing import Stuffing


@incident("credential_attack", lambda a: a.step == "stuffing", dress="json", per_minute=50)
async def credential_stuffing(s: Scene) -> None:
    """Leaked pairs are tried from sixty addresses for four minutes, soon after a deploy."""
    await s.at(350)
    await s.deploy("web", "5.2.2", "copy changes")
    await s.at(430)
    s.begins()
    await Stuffing(s.load.base, s.crowd, s.attempts, s.dice).run(240, 4)
    s.ends()
    await s.at(740)
    await s.deploy("token-issuer", "2.7.4", "typing")


@incident(None, lambda _: False, dress="mixed", per_minute=55)
async def healthy(s: Scene) -> None:
    """Deploys, a restart and a change of the proxy, and nothing breaks."""
    await s.at(160)
    await s.deploy("token-issuer", "2.7.4", "typing")
    await s.at(330)
    await s.restart("api-gateway")
    await s.at(480)
    await s.deploy("web", "5.2.2", "copy changes")
    await s.at(620)
    s.configure_proxy("42", "log format")
    await s.at(780)
    await s.deploy("directory", "1.12.1", "index")
