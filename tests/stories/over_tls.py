"""The site over https, as browsers want it before they keep a page that must not be stored."""

import datetime
import ipaddress
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import LiveServerThread

A_DAY = datetime.timedelta(days=1)


class Server(LiveServerThread):
    """Django's own server for tests, behind TLS. `certificate` is a file with a key and its certificate."""

    def __init__(self, *args, certificate, **options):
        super().__init__(*args, **options)
        self.certificate = certificate

    def _create_server(self, connections_override=None):
        server = super()._create_server(connections_override)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        # Hands are shaken in the thread of each request: a browser opens connections that it never uses.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.base_environ["HTTPS"] = "on"
        return server


class QuietServer(ThreadedWSGIServer):
    """Says nothing of browsers that hang up."""

    def handle_error(self, request, client_address):
        pass


Server.server_class = QuietServer


def write_certificate(path):
    """Write a key and a certificate signed by itself, for this machine and one day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - A_DAY).not_valid_after(now + A_DAY)
    signed = builder.add_extension(x509.SubjectAlternativeName(names), critical=False).sign(
        key, hashes.SHA256()
    )
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(key.private_bytes(pem, *plain) + signed.public_bytes(pem))
    return path
