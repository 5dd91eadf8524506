"""Sixty and more kinds of secret, made at run time, and the places where they are planted.

The shapes are those that the vendors publish and that secret scanners (gitleaks, detect-secrets)
look for. Nothing here is a real secret, and no scanner finds one in this file: prefixes are put
together when it runs.
"""

import base64
import random
import string
from dataclasses import dataclass

LETTERS = string.ascii_letters + string.digits
UPPER = string.ascii_uppercase + string.digits
HEX = "0123456789abcdef"
WORDS = LETTERS + "_-"
B64 = LETTERS + "+/"
dice = random.Random(7)


def some(alphabet, count):
    return "".join(dice.choice(alphabet) for _ in range(count))


def b64(text):
    return base64.b64encode(text.encode()).decode()


def pem(kind):
    lines = "\\n".join(some(B64, 64) for _ in range(3))
    dashes = "-" * 5
    return f"{dashes}BEGIN {kind}{dashes}\\n{lines}\\n{dashes}END {kind}{dashes}"


def jwt():
    header = b64('{"alg":"RS256","kid":"k1"}').rstrip("=")
    claims = b64('{"sub":"u1","iat":1714745000}').rstrip("=")
    return f"{header}.{claims}.{some(WORDS, 43)}"


@dataclass(frozen=True)
class Kind:
    """One kind of secret: how it is written, what of it must be gone, and whether it needs a name.

    `names`: where no shape tells it, the names that stand before it (`password=…`).
    """

    name: str
    text: str
    core: str
    names: tuple[str, ...] = ()


def shape(name, prefix, body, suffix=""):
    return Kind(name, f"{prefix}{body}{suffix}", body[-16:])


def named(name, body, *names):
    return Kind(name, body, body, names)


def make_kinds():
    """Return all kinds: first those with a shape of their own, then those that a name tells."""
    return (
        shape("aws key id", "AK" + "IA", some(UPPER[:26] + "234567", 16)),
        shape("aws temporary key id", "AS" + "IA", some(UPPER[:26] + "234567", 16)),
        shape("github personal", "gh" + "p_", some(LETTERS, 36)),
        shape("github oauth", "gh" + "o_", some(LETTERS, 36)),
        shape("github user", "gh" + "u_", some(LETTERS, 36)),
        shape("github server", "gh" + "s_", some(LETTERS, 36)),
        shape("github refresh", "gh" + "r_", some(LETTERS, 36)),
        shape("github fine-grained", "github_" + "pat_", some(LETTERS, 22) + "_" + some(LETTERS, 59)),
        shape("gitlab personal", "gl" + "pat-", some(WORDS[:-2], 20)),
        shape("gitlab trigger", "gl" + "ptt-", some(HEX, 40)),
        shape("gitlab runner", "gl" + "rt-", some(LETTERS, 20)),
        shape("slack bot", "xo" + "xb-", f"{some('123456789', 12)}-{some('123456789', 12)}-{some(LETTERS, 24)}"),
        shape("slack user", "xo" + "xp-", f"{some('123456789', 12)}-{some('123456789', 12)}-{some(LETTERS, 32)}"),
        shape("slack app", "xa" + "pp-1-", f"A{some(UPPER, 10)}-{some('123456789', 12)}-{some(HEX, 64)}"),
        shape("slack webhook", "https://hooks.slack.com/serv" + "ices/", f"T{some(UPPER, 8)}/B{some(UPPER, 8)}/{some(LETTERS, 24)}"),
        shape("discord webhook", "https://discord.com/api/web" + "hooks/", f"{some('123456789', 18)}/{some(WORDS, 68)}"),
        shape("stripe live", "sk_" + "live_", some(LETTERS, 24)),
        shape("stripe restricted", "rk_" + "live_", some(LETTERS, 24)),
        shape("stripe test", "sk_" + "test_", some(LETTERS, 24)),
        shape("stripe webhook", "wh" + "sec_", some(LETTERS, 32)),
        shape("google api", "AI" + "za", some(WORDS[:-2], 35)),
        shape("google access", "ya" + "29.", some(WORDS[:-2], 60)),
        shape("google client secret", "GOC" + "SPX-", some(WORDS[:-2], 28)),
        shape("twilio", "S" + "K", some(HEX, 32)),
        shape("sendgrid", "S" + "G.", some(LETTERS, 22) + "." + some(LETTERS, 43)),
        shape("mailgun", "ke" + "y-", some(HEX, 32)),
        shape("mailchimp", "", some(HEX, 32), "-us12"),
        shape("npm", "np" + "m_", some(LETTERS, 36)),
        shape("pypi", "py" + "pi-AgEIcHlwaS5vcmc", some(WORDS[:-2], 70)),
        shape("docker hub", "dckr_" + "pat_", some(LETTERS, 27)),
        shape("digitalocean", "do" + "p_v1_", some(HEX, 64)),
        shape("shopify", "shp" + "at_", some(HEX, 32)),
        shape("square", "sq" + "0csp-", some(LETTERS, 43)),
        shape("telegram", f"{some('123456789', 9)}:A" + "A", some(LETTERS, 33)),
        shape("discord bot", "M" + some(LETTERS, 23), "." + some(LETTERS, 6) + "." + some(LETTERS, 38)),
        shape("openai", "sk-" + "proj-", some(LETTERS, 20) + "T3" + "BlbkFJ" + some(LETTERS, 20)),
        shape("anthropic", "sk-" + "ant-api03-", some(LETTERS, 93) + "AA"),
        shape("hugging face", "h" + "f_", some(string.ascii_letters, 34)),
        shape("vault service", "hv" + "s.", some(LETTERS, 90)),
        shape("vault batch", "hv" + "b.", some(LETTERS, 138)),
        shape("terraform cloud", some(LETTERS, 14), ".atlas" + "v1." + some(LETTERS, 60)),
        shape("azure ad secret", some(LETTERS, 3) + "8" + "Q~", some(LETTERS, 34)),
        shape("databricks", "da" + "pi", some(HEX, 32)),
        shape("new relic", "NR" + "AK-", some(UPPER, 27)),
        shape("grafana service account", "gl" + "sa_", some(LETTERS, 32) + "_" + some(HEX, 8)),
        shape("linear", "lin_" + "api_", some(LETTERS, 40)),
        shape("doppler", "dp." + "pt.", some(LETTERS, 43)),
        shape("planetscale", "pscale_" + "tkn_", some(LETTERS, 43)),
        shape("postman", "PM" + "AK-", some(HEX, 24) + "-" + some(HEX, 34)),
        shape("pulumi", "pu" + "l-", some(HEX, 40)),
        shape("artifactory", "AK" + "Cp8", some(LETTERS, 69)),
        shape("sentry", "sn" + "trys_", some(LETTERS, 80)),
        shape("atlassian", "AT" + "ATT3xFfGF0", some(LETTERS, 180)),
        shape("age", "AGE-SECRET-" + "KEY-1", some(UPPER[:26], 58)),
        shape("bcrypt", "$2" + "y$10$", some(LETTERS, 53)),
        shape("sha512 crypt", "$6" + "$" + some(LETTERS, 8) + "$", some(LETTERS, 86)),
        shape("ldap hash", "{SS" + "HA}", some(LETTERS, 38)),
        shape("ntlm", "TlRM" + "TVNTUAAD", some(LETTERS, 90)),
        shape("url credentials", "https://deploy:", some(LETTERS, 18), "@git.example/repo"),
        Kind("jwt", (token := jwt()), token.rpartition(".")[2]),
        Kind("private key rsa", (key := pem("RSA PRIV" + "ATE KEY")), key[50:80]),
        Kind("private key openssh", (key := pem("OPENSSH PRIV" + "ATE KEY")), key[50:80]),
        Kind("private key pgp", (key := pem("PGP PRIV" + "ATE KEY BLOCK")), key[50:80]),
        named("password", some(LETTERS, 16), "password", "PWD", "db_password", "Passwort", "userPassword"),
        named("password of the shell", some(LETTERS, 14), "MYSQL_PWD", "PGPASSWORD", "SSHPASS"),
        named("passphrase", some(LETTERS, 16), "passphrase", "pass_phrase"),
        named("client secret", some(LETTERS, 40), "client_secret", "clientSecret", "OIDC_SECRET"),
        named("aws secret", some(B64, 40), "aws_secret_access_key", "SecretAccessKey"),
        named("aws session", some(B64, 120), "aws_session_token", "SessionToken"),
        named("azure storage", some(B64, 86) + "==", "AccountKey", "SharedAccessKey"),
        named("datadog", some(HEX, 32), "DD_API_KEY", "dd-api-key", "application_key"),
        named("heroku", "-".join(some(HEX, n) for n in (8, 4, 4, 4, 12)), "HEROKU_API_KEY", "api-key"),
        named("refresh token", some(LETTERS, 30), "refresh_token", "refreshToken"),
        named("authorization code", some(LETTERS, 24), "authorization_code", "auth_code"),
        named("code verifier", some(LETTERS, 43), "code_verifier", "codeVerifier"),
        named("one-time password", some("123456789", 6), "otp", "totp", "passcode", "mfa_code"),
        named("recovery code", some(LETTERS, 12), "recovery_code", "backup_code"),
        named("saml response", some(B64, 120), "SAMLResponse"),
        named("session cookie", some(LETTERS, 26), "PHPSESSID", "JSESSIONID", "connect.sid"),
        named("encryption key", some(HEX, 64), "encryption_key", "signing_key", "SECRET_KEY_BASE"),
        named("private token", some(LETTERS, 20), "private_token", "PRIVATE-TOKEN", "x-vault-token"),
        named("credentials", some(LETTERS, 20), "credential", "credentials"),
    )  # fmt: skip


KINDS = make_kinds()

SHAPED = {
    "json value": '{{"time":"{time}","level":"info","service":"web","note":"{0}"}}',
    "json list": '{{"time":"{time}","level":"info","service":"web","args":["run","{0}"]}}',
    "json text": '{{"time":"{time}","level":"error","service":"web","message":"refused {0} twice"}}',
    "json user": '{{"time":"{time}","event":{{"action":"login","outcome":"failure"}},"user":{{"name":"{0}"}}}}',
    "text": "{time} INFO web: sent {0} to upstream",
    "text in quotes": "{time} ERROR web: bad value '{0}'",
    "text in brackets": "{time} ERROR web: bad value ({0}), giving up",
    "logfmt": 'time={time} level=info service=web note="{0}"',
    "query": '192.0.2.7 - - [{clf}] "GET /cb?x={0}&y=1 HTTP/1.1" 200 12 "-" "curl/8"',
    "path": '192.0.2.7 - - [{clf}] "GET /a/{0}/b HTTP/1.1" 404 12 "-" "curl/8"',
    "referrer": '192.0.2.7 - - [{clf}] "GET / HTTP/1.1" 200 12 "https://a.example/?q={0}" "curl/8"',
    "agent": '192.0.2.7 - - [{clf}] "GET / HTTP/1.1" 200 12 "-" "bot {0}"',
    "no log at all": "%% {0} %%",
}
NAMED = {
    "pair": "{time} INFO web: {1}={0} user=ana",
    "colon": "{time} INFO web: {1}: {0}",
    "json": '{{"time":"{time}","level":"info","service":"web","{1}":"{0}"}}',
    "json inside": '{{"time":"{time}","service":"web","body":"{{\\"{1}\\":\\"{0}\\"}}"}}',
    "name and value": '{{"time":"{time}","service":"web","d":{{"key":"{1}","value":"{0}"}}}}',
    "key and value": '{{"time":"{time}","service":"web","d":[{{"name":"{1}","value":"{0}"}}]}}',
    "value and key": '{{"time":"{time}","service":"web","d":[{{"Value":"{0}","Key":"{1}"}}]}}',
    "logfmt": 'time={time} level=info service=web {1}="{0}"',
    "query": '192.0.2.7 - - [{clf}] "GET /cb?{1}={url}&y=1 HTTP/1.1" 200 12 "-" "curl/8"',
    "option": "{time} INFO web: ran tool --{1} {0} --verbose",
    "option list": '{{"time":"{time}","service":"web","argv":["tool","--{1}","{0}"]}}',
    "export": "{time} INFO web: export {1}='{0}'",
    "xml": "{time} INFO web: <{1}>{0}</{1}>",
    "no log at all": "%% {1}={0} %%",
}
TIME = "2024-05-03T14:00:00Z"
CLF = "03/May/2024:14:00:00 +0000"


def plants():
    """Yield every planted line with its kind and place."""
    for kind in KINDS:
        url = kind.text.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
        told = {"time": TIME, "clf": CLF, "url": url}
        if not kind.names:
            for place, line in SHAPED.items():
                yield kind, place, line.format(kind.text, **told)
        for name in kind.names:
            for place, line in NAMED.items():
                yield kind, f"{place} ({name})", line.format(kind.text, name, **told)
