import { Alert, Button, Code, CopyButton, Group, Stack, Table } from "@mantine/core";

import type { Facts } from "./calls";

interface Props {
  facts: Facts;
  /** Issuers that are sent along. */
  chain?: Facts[];
  download: string;
}

/** Everything that a certificate says of itself. */
export function CertificateDetails({ facts, chain = [], download }: Props) {
  const rows: [string, string][] = [
    ["Issued to", facts.subject],
    ["Issued by", facts.issuer],
    ["Names", facts.names.join(", ") || "none"],
    ["Valid from", new Date(facts.not_before).toLocaleString()],
    ["Valid until", new Date(facts.not_after).toLocaleString()],
    ["Key", facts.key],
    ["Serial number", facts.serial],
    ...chain.map((each, at): [string, string] => [at === 0 ? "Sent along" : "", each.subject]),
  ];
  return (
    <Stack>
      {facts.trouble && <Alert color={facts.trouble.startsWith("expires") ? "yellow" : "red"}>{facts.trouble.charAt(0).toUpperCase() + facts.trouble.slice(1)}{facts.trouble.endsWith("?") ? "" : "."}</Alert>}
      <Table variant="vertical" withTableBorder>
        <Table.Tbody>
          {rows.map(([title, text], at) => (
            <Table.Tr key={`${title}${at}`}>
              <Table.Th w={130}>{title}</Table.Th>
              <Table.Td style={{ overflowWrap: "anywhere" }}>{text}</Table.Td>
            </Table.Tr>
          ))}
          <Table.Tr>
            <Table.Th>SHA-256</Table.Th>
            <Table.Td>
              <Code style={{ overflowWrap: "anywhere" }}>{facts.sha256}</Code>
            </Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
      <Group>
        <Button component="a" href={download} download variant="default">
          Download as PEM
        </Button>
        <CopyButton value={facts.sha256}>
          {({ copied, copy }) => (
            <Button variant="subtle" onClick={copy}>
              {copied ? "Copied" : "Copy the fingerprint"}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Stack>
  );
}
