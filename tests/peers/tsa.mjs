// What openssl needs to be a time-stamp authority of our own: a root, an authority below it, its
// answers (`openssl ts`, `openssl ca`).

/** The configuration; a list of what was revoked holds for so many days. */
export const tsaConfig = crlDays => `
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
[tsa_cert]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[ca]
default_ca = ca1
[ca1]
database = index
certificate = ca.pem
private_key = ca.key
default_md = sha256
default_crl_days = ${crlDays}
[tsa]
default_tsa = tsa1
[tsa1]
serial = serial
signer_cert = tsa.pem
certs = ca.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256
accuracy = secs:1
tsa_name = yes
ess_cert_id_alg = sha256
`;
