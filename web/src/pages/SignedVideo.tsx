import { SimpleGrid, Stack } from "@mantine/core";

import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";
import { RestartNote } from "../parts/RestartNote";
import { useSession } from "../session";
import { SectionForm } from "../settings/SectionForm";
import { useSettings } from "../settings/useSettings";
import { IdentityCard } from "../signed/IdentityCard";
import { VerifyCard } from "../signed/VerifyCard";

const HELP: Record<string, string> = {
  "signing.enabled": "Streams that run are opened again when this changes. MJPEG cannot be signed.",
  "signing.format": "Choose the one that your verifier knows; this page knows both.",
};

/** Signing what the camera sends, and verifying what comes back. */
export function SignedVideo() {
  const { access, problem } = useSettings();
  const { me } = useSession();
  const section = access?.sections.find(({ name }) => name === "signing");
  if (!access || !section) return <Loading problem={problem} />;
  const operator = me?.role === "operator" || me?.role === "administrator";
  return (
    <Stack>
      <PageTitle title="Signed video">
        Signatures inside the video show later, wherever a copy has been, whether a picture was changed, added or taken away, and which camera it is from.
      </PageTitle>
      <RestartNote access={access} section="signing" />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
        <Stack>
          <SectionForm section={{ ...section, description: "" }} access={access} help={HELP} />
          <IdentityCard />
        </Stack>
        <div>{operator && <VerifyCard />}</div>
      </SimpleGrid>
    </Stack>
  );
}
