"""The README's site on a real nginx, and somebody who visits it."""

from __future__ import annotations

import http.cookiejar
import re
import socket
import ssl
import subprocess
import time
import urllib.parse
import urllib.request
from pathlib import Path

from tests.deploy.certificate import write_certificate
from tests.deploy.guide import block, replaced
from tests.running import free_port

NAME = "localhost"
SERVER = "server 127.0.0.1:8000 max_fails=0;"
START_SECONDS = 10
STOP_SECONDS = 10
# One process in the foreground, which writes nowhere but into its folder.
AROUND = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


class Site:
    """Serves from `with` on; names and ports of the guide are changed, nothing else."""

    def __init__(self, nginx: str, folder: Path, *app_ports: int) -> None:
        """Stand in front of these ports."""
        self.folder = folder
        self.plain_port, self.port = free_port(), free_port()
        self.url = f"https://{NAME}:{self.port}"
        self._nginx = nginx
        site = replaced(
            block("# /etc/nginx/sites-available"),
            {
                SERVER: "\n".join(SERVER.replace("8000", str(port)) for port in app_ports),
                "listen 80;": f"listen 127.0.0.1:{self.plain_port};",
                "listen 443 ": f"listen 127.0.0.1:{self.port} ",
                "/etc/letsencrypt/live/talk.example.org": str(folder),
                "talk.example.org": NAME,
            },
        )
        write_certificate(folder, NAME)
        (folder / "site.conf").write_text(site)
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder))

    def __enter__(self) -> Site:
        command = [self._nginx, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]
        # It binds its ports before it answers this; the second one finds them free again.
        subprocess.run([*command, "-t", "-q"], check=True)
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS
        while not is_taken(self.port):
            assert self._process.poll() is None and time.monotonic() < deadline, "nginx: no start"
            time.sleep(0.02)  # nginx tells nobody when it listens
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(STOP_SECONDS)


def is_taken(port: int) -> bool:
    """Whether somebody listens."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Stay(urllib.request.HTTPRedirectHandler):
    """Does not go where it is sent."""

    def redirect_request(self, *_: object) -> None:
        return None


class SiteVisitor:
    """Trusts the site's certificate and keeps its cookies."""

    def __init__(self, site: Site) -> None:
        """Visit this site."""
        self.site = site
        self.tls = ssl.create_default_context(cafile=str(site.folder / "fullchain.pem"))
        self.cookies = http.cookiejar.CookieJar()
        self._browser = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=self.tls),
            urllib.request.HTTPCookieProcessor(self.cookies),
        )

    def get(self, path: str) -> str:
        """Read a page."""
        with self._browser.open(self.site.url + path, timeout=10) as answer:
            return answer.read().decode()

    def post(self, path: str, body: bytes, content_type: str = "application/json") -> bytes:
        """Send something, as a page of the site does."""
        headers = {"Content-Type": content_type, "Origin": self.site.url}
        request = urllib.request.Request(self.site.url + path, body, headers)
        with self._browser.open(request, timeout=20) as answer:
            return answer.read()

    def sign_in(self, code: str) -> None:
        """Fill in the form."""
        found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', self.get("/sign-in"))
        assert found
        form = {"email": "ada@example.org", "code": code, "csrf_token": found[1]}
        body = urllib.parse.urlencode(form).encode()
        self.post("/sign-in", body, "application/x-www-form-urlencoded")
