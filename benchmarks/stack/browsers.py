"""What a client keeps and sends: cookies by the rules of its kind, and its user agent."""

from dataclasses import dataclass, field
from http.cookies import Morsel, SimpleCookie

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"


@dataclass(frozen=True)
class Kind:
    name: str
    user_agent: str
    most_bytes: int = 4096
    truncates: bool = False
    """Cuts a cookie that is too long; others refuse it whole."""
    lax_by_default: bool = False
    """Keeps a cookie that names no SameSite from posts that another site's page makes."""


KINDS = {
    "chrome": Kind("chrome", f"{CHROME} Chrome/141.0.0.0 Safari/537.36"),
    "chrome-next": Kind(
        "chrome-next", f"{CHROME} Chrome/142.0.0.0 Safari/537.36", lax_by_default=True
    ),
    "firefox": Kind(
        "firefox", "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"
    ),
    "safari": Kind(
        "safari",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/18.6 Safari/605.1.15",
    ),
    "kiosk": Kind(
        "kiosk",
        "Mozilla/5.0 (Linux; Android 9; TC52) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Version/4.0 KioskBrowser/3.2",
        most_bytes=2048,
        truncates=True,
    ),
    "mobile-ios": Kind("mobile-ios", "Shop/7.4.1 (iPhone; iOS 18.6) CFNetwork/1568 Darwin/24.6.0"),
    "mobile-android": Kind("mobile-android", "Shop/7.4.0 (Android 15) okhttp/4.12.0"),
    "script": Kind("script", "python-requests/2.32.5"),
}


@dataclass
class Browser:
    kind: Kind
    jar: dict[str, Morsel[str]] = field(default_factory=dict)

    def take(self, headers: list[str]) -> None:
        """Keep what Set-Cookie headers say, as far as this kind of browser does."""
        for header in headers:
            for name, morsel in SimpleCookie(header).items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.jar.pop(name, None)
                elif len(name) + len(morsel.value) <= self.kind.most_bytes:
                    self.jar[name] = morsel
                elif self.kind.truncates:
                    short = morsel.value[: self.kind.most_bytes - len(name)]
                    morsel.set(name, short, short)
                    self.jar[name] = morsel

    def cookies(self, *, cross_site_post: bool = False) -> str:
        """The Cookie header of a request."""
        sent = [
            f"{name}={morsel.value}"
            for name, morsel in self.jar.items()
            if not (cross_site_post and self._withheld(morsel))
        ]
        return "; ".join(sent)

    def _withheld(self, morsel: Morsel[str]) -> bool:
        said = str(morsel["samesite"]).lower()
        return said in {"lax", "strict"} or (not said and self.kind.lax_by_default)
