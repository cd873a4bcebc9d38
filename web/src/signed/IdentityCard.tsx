import { Alert, Badge, Button, Text } from "@mantine/core";
import { IconCertificate } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { api } from "../api";
import { Facts } from "../status/Facts";

const CERTIFICATES = "/api/v1/signed-video/certificates";

/** Whose signature this camera's video carries. */
export function IdentityCard() {
  const identity = useQuery({ queryKey: ["signed-video"], queryFn: api.signingIdentity, retry: false });
  if (identity.error) return <Alert color="orange">{identity.error.message}</Alert>;
  const found = identity.data;
  return (
    <Facts
      title="This camera's signature"
      badge={found && <Badge color={found.protection === "software" ? "gray" : "teal"}>{found.protection === "software" ? "key in software" : "key in a token"}</Badge>}
      rows={
        found
          ? [
              ["Serial number", found.serial],
              ["Key", <code key="key">{found.fingerprint}</code>],
              ["Certificate", found.subject],
              ["Issued by", found.issuer],
              ["Key store", found.key_store],
            ]
          : [["Serial number", "…"]]
      }
    >
      <Text size="sm" c="dimmed" my="xs">
        Keep these certificates apart from the recordings, and compare the key here with what a verifier shows: whoever has them can tell this camera from
        every other one.{found && found.former_keys > 0 && ` They include those of ${found.former_keys} earlier ${found.former_keys === 1 ? "key" : "keys"}.`}
      </Text>
      <Button component="a" href={CERTIFICATES} variant="default" leftSection={<IconCertificate size={16} />}>
        Download certificates
      </Button>
    </Facts>
  );
}
