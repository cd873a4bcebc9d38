import { Card, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";
import { security } from "../security/calls";
import { CertificateList } from "../security/CertificateList";
import { Guessers } from "../security/Guessers";
import type { Row } from "../settings/schema";
import { SectionForm } from "../settings/SectionForm";
import { type SettingsAccess, useSettings } from "../settings/useSettings";

const TLS = ["tls.https_certificate", "tls.rtsps_certificate", "tls.minimum", "tls.hsts_days"];
const WAYS = ["network.http_policy", "access.administrator_policy", "access.operator_policy", "access.viewer_policy", "network.rtsp_enabled", "network.rtsps_enabled"];
const GUESSING = ["access.throttle", "access.throttle_attempts", "access.throttle_max_delay", "access.connections_per_address"];
const HELP = {
  "tls.hsts_days": "Switch it on last: with it, browsers no longer open this camera by http at all, whatever the port.",
  "access.administrator_policy": "A change that would end your own connection is refused; make it from the other one.",
};

/** Certificates, encryption, the ways in, and who guesses passwords. */
export function Security() {
  const { access, problem } = useSettings();
  const chosen = TLS.map((path) => access?.values[path]);
  const kept = useQuery({ queryKey: ["certificates", ...chosen], queryFn: security.certificates, placeholderData: (before) => before });
  if (!access || !kept.data) return <Loading problem={problem ?? kept.error?.message ?? null} />;
  const usable = kept.data.certificates.filter(({ facts }) => facts).map(({ name }) => name);
  return (
    <Stack>
      <PageTitle title="Security">Changes take effect with the next connection; streams that run are not disturbed, unless a way in is closed.</PageTitle>
      <CertificateList data={kept.data} refresh={() => kept.refetch()} />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Part title="Encryption" paths={TLS} access={access} choices={{ "tls.https_certificate": usable, "tls.rtsps_certificate": usable }}>
          {`Offered: ${kept.data.ciphers.length} ciphers, all with forward secrecy.`}
        </Part>
        <Part title="Ways in" paths={WAYS} access={access} />
        <Part title="Brute-force protection" paths={GUESSING} access={access} />
        <Stack gap="xs">
          <Guessers />
        </Stack>
      </SimpleGrid>
    </Stack>
  );
}

interface PartProps {
  title: string;
  paths: string[];
  access: SettingsAccess;
  choices?: Record<string, string[]>;
  children?: string;
}

/** Some settings in a card of their own. */
function Part({ title, paths, access, choices, children = "" }: PartProps) {
  const rows = paths.map((path) => access.row(path)).filter((row): row is Row => row !== undefined);
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">
        {title}
      </Title>
      <SectionForm section={{ name: title, title, description: "", rows }} access={access} help={HELP} choices={choices} />
      {children && (
        <Text size="xs" c="dimmed" mt="xs">
          {children}
        </Text>
      )}
    </Card>
  );
}
