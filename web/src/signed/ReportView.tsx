import { Alert, Badge, Code, Group, Stack, Table, Text, Title } from "@mantine/core";

import { Facts } from "../status/Facts";
import { clock, COLOURS, moment, type Part, pictures, type Report, type Signer, type Track, WORDS } from "./report";
import { VerdictBar } from "./VerdictBar";

const MOST_ROWS = 100;

/** What the verification of a file found. */
export function ReportView({ report }: { report: Report }) {
  return (
    <Stack gap="sm" data-testid="report">
      <Alert color={COLOURS[report.verdict]} title={`${WORDS[report.verdict]}: ${report.name}`}>
        {report.summary}
        {report.notes.map((note) => (
          <Text key={note} size="sm">
            {note}
          </Text>
        ))}
      </Alert>
      {report.tracks.map((track) => (
        <TrackView key={track.number} track={track} seconds={report.seconds} />
      ))}
    </Stack>
  );
}

function TrackView({ track, seconds }: { track: Track; seconds: number }) {
  const bad = track.parts.filter(({ verdict }) => verdict !== "intact");
  const { good, pending } = track.counts;
  return (
    <>
      {track.identity && <SignerCard signer={track.identity} />}
      {track.parts.length > 0 && (
        <div>
          <Group justify="space-between" align="end" wrap="nowrap" mb={4}>
            <Text size="sm">
              {good} of {track.pictures} pictures are as signed{pending > 0 && `, ${pending} are signed later than the video ends`}
            </Text>
            <Text size="sm" c="dimmed">
              {clock(seconds)}
            </Text>
          </Group>
          <VerdictBar track={track} seconds={seconds} />
        </div>
      )}
      {bad.length > 0 && <Findings parts={bad} />}
      {track.problems.length > 0 && (
        <div>
          <Title order={3} size="h6">
            Signatures that cannot be used
          </Title>
          {track.problems.slice(0, MOST_ROWS).map(({ at, reason }) => (
            <Text key={`${at}-${reason}`} size="sm">
              {clock(at)}: {reason}
            </Text>
          ))}
        </div>
      )}
    </>
  );
}

const TRUST: Record<Signer["trusted"], [string, string]> = {
  trusted: ["teal", "signed by this camera"],
  "not trusted": ["red", "not this camera"],
  "not checked": ["gray", "signer not checked"],
};

function SignerCard({ signer }: { signer: Signer }) {
  const { product } = signer;
  const [colour, words] = TRUST[signer.trusted];
  return (
    <Facts
      title="Signed by"
      badge={<Badge color={colour}>{words}</Badge>}
      rows={[
        ["Camera", [product.manufacturer, product.hardware, product.firmware].filter(Boolean).join(" ") || "not said"],
        ["Serial number", product.serial || "not said"],
        ["Key", <Code key="key">{signer.fingerprint}</Code>],
        ...(signer.subject ? [["Certificate", signer.subject] as [string, string]] : []),
        ["Format", signer.format],
      ]}
    >
      {signer.reason && (
        <Text size="sm" c="dimmed" mt="xs">
          {signer.reason}
        </Text>
      )}
    </Facts>
  );
}

function Findings({ parts }: { parts: Part[] }) {
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table verticalSpacing={5} style={{ fontVariantNumeric: "tabular-nums" }}>
        <Table.Thead>
          <Table.Tr>
            {["In the file", "Pictures", "Signed for", "Verdict", "Why"].map((head) => (
              <Table.Th key={head}>{head}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {parts.slice(0, MOST_ROWS).map((part) => (
            <Table.Tr key={`${part.first}-${part.last}-${part.counter}-${part.verdict}`}>
              <Table.Td style={{ whiteSpace: "nowrap" }}>
                {clock(part.at)} – {clock(part.until)}
              </Table.Td>
              <Table.Td style={{ whiteSpace: "nowrap" }}>{pictures(part)}</Table.Td>
              <Table.Td>{moment(part.start_us)}</Table.Td>
              <Table.Td>
                <Badge color={COLOURS[part.verdict]} size="sm" miw="max-content">
                  {WORDS[part.verdict]}
                </Badge>
              </Table.Td>
              <Table.Td>{part.reason}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {parts.length > MOST_ROWS && (
        <Text size="sm" c="dimmed">
          {parts.length - MOST_ROWS} more; panocam verify --json shows all.
        </Text>
      )}
    </Table.ScrollContainer>
  );
}
