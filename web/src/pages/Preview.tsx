import { Anchor, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { Link, Navigate } from "react-router-dom";

import { comfortable } from "../live/fit";
import { LiveView } from "../live/LiveView";
import { useFormats, useViews } from "../live/useCamera";
import { ViewChooser } from "../live/ViewChooser";
import { useSession } from "../session";

/** What installers see before any account exists: a live picture and nothing else, for a limited time. */
export function Preview() {
  const { state } = useSession();
  const { views, quadOrder } = useViews();
  const { playable } = useFormats();
  const [index, setIndex] = useState(0);
  const [failed, setFailed] = useState(false);
  if (state.preview_seconds <= 0) return <Navigate to="/setup" replace />;
  const view = views.find((each) => each.index === index && each.available) ?? views.find((each) => each.available);
  const codec = playable.includes("h264") && !failed ? "h264" : "jpeg";
  return (
    <Stack h="100dvh" p="sm" gap="xs" component="main">
      <Group justify="space-between">
        <div>
          <Title order={1} size="h4">
            Preview
          </Title>
          <Text size="sm" c="dimmed" maw={640}>
            Aim the camera with this picture; no account is needed. The lines help to level it. The preview ends when the administrator is created, or in{" "}
            {Math.ceil(state.preview_seconds / 60)} minutes; a restart of the camera begins it anew.
          </Text>
        </div>
        <Group gap="xs">
          {view && <ViewChooser views={views} chosen={view} onChoose={setIndex} stills={false} />}
          <Anchor component={Link} to="/setup">
            <Button component="span">Create the administrator</Button>
          </Anchor>
        </Group>
      </Group>
      {view && playable.length > 0 && (
        <LiveView
          wish={{ view: view.index, codec, resolution: comfortable(view.resolutions) }}
          views={views}
          quadOrder={quadOrder}
          grid
          onUnplayable={() => setFailed(true)}
        />
      )}
    </Stack>
  );
}
