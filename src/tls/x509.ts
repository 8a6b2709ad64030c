// The library's parts find each other by metadata of this polyfill (its README, "Installation").
import "reflect-metadata";
import { generateKeyPairSync, webcrypto } from "node:crypto";
import { isIP } from "node:net";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** A certificate and the private key that belongs to it, both PEM. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
}

interface Validity {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Every client knows it, JDK 8's too. */
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
/** A certificate without a name in the subject takes the critical form of the alternative names, which some clients refuse. */
const LEAF_SUBJECT = "CN=Firesteel";

/** Makes an authority that signs servers' certificates and no further authorities. */
export async function makeAuthority(commonName: string, { fromMs, untilMs }: Validity): Promise<Issued> {
  const { keys, key } = await newKeys();
  const name = `CN=${commonName}, O=Firesteel`;
  const certificate = await X509CertificateGenerator.create({
    subject: name,
    issuer: name,
    notBefore: new Date(fromMs),
    notAfter: new Date(untilMs),
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pem(certificate), key };
}

/** Issues a server's certificate for host names, wildcards and addresses. */
export async function issueCertificate(
  authority: Issued,
  names: readonly string[],
  { fromMs, untilMs }: Validity,
): Promise<Issued> {
  const issuer = new X509Certificate(authority.certificate);
  const { keys, key } = await newKeys();
  const extensions: Extension[] = [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    new SubjectAlternativeNameExtension(
      names.map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value }) as const),
    ),
    await SubjectKeyIdentifierExtension.create(keys.publicKey),
    await AuthorityKeyIdentifierExtension.create(issuer),
  ];
  const certificate = await X509CertificateGenerator.create({
    subject: LEAF_SUBJECT,
    issuer: issuer.subject,
    notBefore: new Date(fromMs),
    notAfter: new Date(untilMs),
    publicKey: keys.publicKey,
    signingKey: await privateKey(authority.key),
    signingAlgorithm: ALGORITHM,
    extensions,
  });
  return { certificate: pem(certificate), key };
}

async function newKeys(): Promise<{
  keys: Pick<webcrypto.CryptoKeyPair, keyof webcrypto.CryptoKeyPair>;
  key: string;
}> {
  const { publicKey, privateKey: made } = generateKeyPairSync("ec", { namedCurve: ALGORITHM.namedCurve });
  const key = made.export({ type: "pkcs8", format: "pem" }).toString();
  const spki = publicKey.export({ type: "spki", format: "der" });
  return {
    keys: {
      publicKey: await webcrypto.subtle.importKey("spki", spki, ALGORITHM, true, ["verify"]),
      privateKey: await privateKey(key),
    },
    key,
  };
}

function privateKey(key: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(key.replace(/-----[^-]+-----|\s/g, ""), "base64");
  return webcrypto.subtle.importKey("pkcs8", der, ALGORITHM, false, ["sign"]);
}

const pem = (certificate: X509Certificate) => `${certificate.toString("pem").trimEnd()}\n`;
