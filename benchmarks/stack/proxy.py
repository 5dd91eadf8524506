"""nginx in front: its configuration, written anew for each change of it, and its signals."""

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
COMBINED = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
    '"$http_referer" "$http_user_agent"'
)
TAILS = {
    "timed": " rt=$request_time urt=$upstream_response_time rid=$rid",
    "quoted": ' "$rid" $request_time $upstream_addr',
    "combined": "",
}
"""How people add to the combined format; the last leaves it as it is."""


@dataclass
class Proxy:
    folder: Path
    log_folder: Path
    port: int
    tail: str
    pools: dict[str, dict[int, int]]
    """Weights of the ports behind each name: frontend, issuer, gateway."""
    rules: list[str] = field(default_factory=list)
    zones: list[str] = field(default_factory=list)
    token_rules: list[str] = field(default_factory=list)

    def text(self) -> str:
        pools = "\n".join(
            f"  upstream {name} {{\n"
            + "".join(f"    server 127.0.0.1:{p} weight={w};\n" for p, w in ports.items() if w)
            + "    keepalive 16;\n  }"
            for name, ports in self.pools.items()
        )
        zones, rules = "\n  ".join(self.zones), "\n    ".join(self.rules)
        limits = " ".join(self.token_rules)
        return f"""
worker_processes 1;
pid {self.folder}/nginx.pid;
error_log {self.log_folder}/nginx-error.log error;
events {{ worker_connections 1024; }}
http {{
  log_format shop '{COMBINED}{TAILS[self.tail]}';
  access_log {self.log_folder}/nginx-access.log shop;
  map $http_x_request_id $rid {{ default $http_x_request_id; "" $request_id; }}
  set_real_ip_from 127.0.0.1;
  real_ip_header X-Forwarded-For;
  client_body_temp_path {self.folder}/body;
  proxy_temp_path {self.folder}/proxy;
  fastcgi_temp_path {self.folder}/fastcgi;
  uwsgi_temp_path {self.folder}/uwsgi;
  scgi_temp_path {self.folder}/scgi;
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_set_header X-Request-ID $rid;
  proxy_set_header X-Real-IP $remote_addr;
  proxy_buffer_size 16k;
  proxy_buffers 4 16k;
  proxy_read_timeout 10s;
  {zones}
{pools}
  server {{
    listen 127.0.0.1:{self.port};
    server_name shop.example;
    server_tokens off;
    {rules}
    location /api/ {{ proxy_pass http://gateway; }}
    location /oauth/ {{ {limits} proxy_pass http://issuer; }}
    location /.well-known/ {{ proxy_pass http://issuer; }}
    location / {{ proxy_pass http://frontend; }}
  }}
}}
"""

    def _signal(self, *words: str) -> None:
        conf = self.folder / "nginx.conf"
        conf.write_text(self.text())
        # The first lines of an error log come before the configuration is read: not the stack's.
        command = [NGINX, "-c", str(conf), "-e", str(self.folder / "start.log"), *words]
        subprocess.run(command, check=True, capture_output=True)

    def start(self) -> None:
        self._signal()

    def reload(self) -> None:
        self._signal("-s", "reload")

    def stop(self) -> None:
        if (self.folder / "nginx.pid").exists():
            self._signal("-s", "stop")
