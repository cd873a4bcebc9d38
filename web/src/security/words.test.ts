import { describe, expect, it } from "vitest";

import { type Certificate, encoded } from "./calls";
import { commonName, names, vouchedBy } from "./words";

const facts = {
  subject: "CN=camera.example,O=Shop",
  issuer: "O=Trust\\, Inc,CN=Trust CA",
  names: [],
  not_before: "",
  not_after: "",
  serial: "",
  sha256: "",
  key: "",
  self_signed: false,
  trouble: "",
};
const certificate: Certificate = { name: "shop", own: false, used_by: [], facts, chain: [], issuer_known: false };

describe("certificates in words", () => {
  it("knows people by their common name", () => {
    expect(commonName("CN=camera.example,O=Shop")).toBe("camera.example");
    expect(commonName(facts.issuer)).toBe("Trust CA");
    expect(commonName("CN=Shop\\, left,O=x")).toBe("Shop, left");
    expect(commonName("O=nobody")).toBe("O=nobody");
  });

  it("says who vouches", () => {
    expect(vouchedBy(certificate)).toBe("Trust CA");
    expect(vouchedBy({ ...certificate, issuer_known: true })).toBe("Trust CA (chain complete to Trust CA)");
    expect(vouchedBy({ ...certificate, facts: { ...facts, self_signed: true } })).toBe("itself");
    expect(vouchedBy({ ...certificate, facts: null })).toMatch(/waits/);
  });

  it("reads lists of names", () => {
    expect(names(" a.example,\n192.0.2.1;b ")).toEqual(["a.example", "192.0.2.1", "b"]);
  });

  it("hands in PEM as it is and anything else in base64", () => {
    expect(encoded(new TextEncoder().encode("-----BEGIN X"))).toBe("-----BEGIN X");
    expect(encoded(new Uint8Array([0x30, 0x82, 0xff]))).toBe("MIL/");
  });
});
