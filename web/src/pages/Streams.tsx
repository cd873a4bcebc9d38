import { Alert, Stack } from "@mantine/core";
import { useState } from "react";

import { pixels } from "../live/fit";
import { LivePanel } from "../live/LivePanel";
import { useViews } from "../live/useCamera";
import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";
import { SideBySide } from "../parts/SideBySide";
import { SectionForm } from "../settings/SectionForm";
import { useSettings } from "../settings/useSettings";

/** What each setting costs and gives, beyond its declaration. */
const HELP: Record<string, string> = {
  "stream.codec": "H.264 plays everywhere. AV1 makes streams about a quarter smaller where clients know it. H.265 makes them a fifth smaller for eight times the work, and cannot be seen in this page. MJPEG is twenty times larger, each picture whole.",
  "stream.resolution": "Fewer pixels save most: half the width is about a quarter of the work and of the bitrate.",
  "stream.fps": "Motion looks fluent from 16 frames a second; 25 or 30 is full motion.",
  "stream.compression": "Around 30 is a good start. Lower it to see more detail, raise it to save bandwidth; detail is lost for good. Little compression makes large streams, and on a slow machine or network fewer pictures a second: the figures beside the picture say what comes.",
  "stream.gop": "A longer distance saves bandwidth in calm scenes; a shorter one lets clients start and seek faster.",
  "stream.zipstream":
    "Off keeps every detail of what stands still. Low suits daylight; stronger ones suit the noise of dark scenes, which they show a little less faithfully. What moves is always shown as it is.",
  "stream.bitrate_mode":
    "Variable follows the scene, so leave room on the network and on the disk. Maximum keeps both safe: busy scenes lose quality or frames instead of exceeding it.",
  "stream.max_bitrate_kbps": "Set it above what the scene usually needs, and only what is unusual costs quality.",
  "stream.bitrate_priority": "Frame rate suits fast movement, quality suits faces and signs.",
};

/** How streams are coded when a client does not say. */
export function Streams() {
  const { access, problem } = useSettings();
  const { views } = useViews();
  const [view, setView] = useState(4);
  const section = access?.sections.find(({ name }) => name === "stream");
  if (!access || !section) return <Loading problem={problem} />;
  const now = String(access.values["stream.resolution"]);
  const sizes = [...new Set(["auto", now, ...views.flatMap(({ resolutions }) => resolutions).sort((a, b) => pixels(b) - pixels(a))])];
  const codec = String(access.values["stream.codec"]);
  const version = JSON.stringify(section.rows.map(({ path }) => access.values[path]));
  return (
    <Stack>
      <PageTitle title="Streams">What clients get that name no settings of their own. Streams that run keep what they have until they are opened again.</PageTitle>
      <SideBySide
        form={<SectionForm section={{ ...section, description: "" }} access={access} help={HELP} choices={{ "stream.resolution": sizes }} />}
        picture={
          <>
            <LivePanel view={view} onView={setView} codec={codec === "h265" ? "h264" : codec} resolution={null} version={version} record info />
            {codec === "h265" && (
              <Alert color="gray" p="xs">
                Clients get H.265; this page shows the same settings in H.264, because browsers do not decode H.265.
              </Alert>
            )}
          </>
        }
      />
    </Stack>
  );
}
