/** Certificates and who guesses passwords, over REST (docs/security.md). */

import { call } from "../api";

export interface Facts {
  subject: string;
  issuer: string;
  names: string[];
  not_before: string;
  not_after: string;
  serial: string;
  sha256: string;
  key: string;
  self_signed: boolean;
  trouble: string;
}

export interface Certificate {
  name: string;
  own: boolean;
  used_by: string[];
  /** Null while it is a request. */
  facts: Facts | null;
  chain: Facts[];
  issuer_known: boolean;
}

export interface Authority {
  name: string;
  facts: Facts;
}

export interface Certificates {
  certificates: Certificate[];
  authorities: Authority[];
  ciphers: string[];
}

export const KEY_TYPES = [
  { value: "ec-p256", label: "EC P-256: fast, understood everywhere" },
  { value: "ec-p384", label: "EC P-384" },
  { value: "rsa-2048", label: "RSA 2048: for very old clients" },
  { value: "rsa-3072", label: "RSA 3072" },
  { value: "rsa-4096", label: "RSA 4096: slow handshakes" },
];

export interface Wish {
  name: string;
  names: string[];
  organization: string;
  country: string;
  key: string;
}

export interface Guesser {
  id: string;
  address: string;
  account: string;
  wrong_tries: number;
  wait_seconds: number;
}

const one = (name: string) => `certificates/${encodeURIComponent(name)}`;
const authority = (name: string) => `ca-certificates/${encodeURIComponent(name)}`;

export const security = {
  certificates: () => call<Certificates>("GET", "certificates"),
  upload: (name: string, certificate: string, private_key: string, password: string) =>
    call<Certificate>("POST", "certificates", { name, certificate, private_key, password }),
  selfSign: (wish: Wish & { days: number }) => call<Certificate>("POST", "self-signed-certificates", wish),
  request: (wish: Wish) => call<Certificate>("POST", "certificate-requests", wish),
  answer: (name: string, certificate: string) => call<Certificate>("PUT", `${one(name)}/answer`, { certificate }),
  remove: (name: string) => call<void>("DELETE", one(name)),
  addAuthority: (name: string, certificate: string) => call<Authority>("POST", "ca-certificates", { name, certificate }),
  removeAuthority: (name: string) => call<void>("DELETE", authority(name)),
  guessers: () => call<{ enabled: boolean; guessers: Guesser[] }>("GET", "password-guessing"),
  release: (id: string | null) => call<void>("DELETE", id ? `password-guessing/${id}` : "password-guessing"),
};

export const pemAddress = (name: string): string => `/api/v1/${one(name)}/pem`;
export const requestAddress = (name: string): string => `/api/v1/${one(name)}/request`;
export const authorityAddress = (name: string): string => `/api/v1/${authority(name)}/pem`;

/** What is handed in as text: PEM as it is, anything else in base64. */
export async function fileText(file: File): Promise<string> {
  return encoded(new Uint8Array(await file.arrayBuffer()));
}

export function encoded(bytes: Uint8Array): string {
  const text = new TextDecoder("latin1").decode(bytes);
  if (text.includes("-----BEGIN")) return text;
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
