import { expect, test } from "vitest";

import { encrypted, fieldsOf, formOf, type Recipient } from "./recipients";

const GUARD: Recipient = {
  id: 3,
  name: "Guard",
  kind: "email",
  place: "guard@example.com by way of mail.example.com:465",
  to: ["guard@example.com", "night@example.com"],
  sender: "cam@example.com",
  server: "mail.example.com",
  encryption: "ssl",
  port: 465,
  validate_certificate: true,
  user: "cam",
  has_password: true,
  has_proxy_password: false,
  rules: [],
  waiting: 0,
  sent: 0,
  dropped: 0,
  last_ms: null,
  fault: null,
};

test("a recipient that is not changed is sent as it was, and its password stays", () => {
  const sent = fieldsOf(formOf(GUARD));
  expect(sent).toMatchObject({ name: "Guard", kind: "email", to: GUARD.to, server: "mail.example.com", encryption: "ssl", port: 465, user: "cam" });
  expect(sent.password).toBeUndefined();
  expect(sent).not.toHaveProperty("url");
  expect(fieldsOf({ ...formOf(GUARD), password: "new" }).password).toBe("new");
});

test("addresses may be parted as people part them", () => {
  const form = { ...formOf(null), to: " a@example.com;b@example.com\n c@example.com, " };
  expect(fieldsOf(form).to).toEqual(["a@example.com", "b@example.com", "c@example.com"]);
});

test("another encryption brings its usual port, but never takes one that was chosen", () => {
  expect(encrypted(formOf(GUARD), "starttls").port).toBe(587);
  expect(encrypted({ ...formOf(GUARD), port: 2525 }, "none").port).toBe(2525);
});

test("of each kind only its own fields are sent", () => {
  const web = fieldsOf({ ...formOf(null), kind: "http", url: "https://example.com", port: "" });
  expect(Object.keys(web).sort()).toEqual(["kind", "name", "password", "proxy", "proxy_password", "proxy_port", "proxy_user", "url", "user", "validate_certificate"]);
  expect(fieldsOf({ ...formOf(null), kind: "tcp", host: "::1", port: 7 })).toEqual({ name: "", kind: "tcp", host: "::1", port: 7 });
});
