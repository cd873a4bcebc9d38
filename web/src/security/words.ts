/** Certificates in words. */

import type { Certificate, Facts } from "./calls";

/** The part of a subject that people know somebody by. */
export function commonName(subject: string): string {
  return /(?:^|,)CN=((?:\\.|[^,])*)/.exec(subject)?.[1]?.replace(/\\(.)/g, "$1") ?? subject;
}

export function day(time: string): string {
  return new Date(time).toLocaleDateString(undefined, { year: "numeric", month: "short", day: "numeric" });
}

/** Who vouches for it. */
export function vouchedBy(certificate: Certificate): string {
  const { facts, chain, issuer_known } = certificate;
  if (!facts) return "waits for its signed answer";
  if (facts.self_signed) return certificate.own ? "itself, renewed by the camera" : "itself";
  const last: Facts = chain.at(-1) ?? facts;
  return `${commonName(facts.issuer)}${issuer_known ? ` (chain complete to ${commonName(last.issuer)})` : ""}`;
}

/** Names that stand one below the other, or with commas between. */
export function names(text: string): string[] {
  return text.split(/[\s,;]+/).filter(Boolean);
}
