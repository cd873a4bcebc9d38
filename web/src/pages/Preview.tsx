import { Anchor, Group, Select, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, Navigate } from "react-router-dom";

import { api } from "../api";
import { hasWebCodecs } from "../live/decoder";
import { LiveView } from "../live/LiveView";
import { useSession } from "../session";

/** What installers see before any account exists: a live picture and nothing else, for a limited time. */
export function Preview() {
  const { state } = useSession();
  const views = useQuery({ queryKey: ["views"], queryFn: api.views });
  const [chosen, setChosen] = useState(0);
  if (state.preview_seconds <= 0) return <Navigate to="/setup" replace />;
  const offered = (views.data ?? []).filter((view) => view.available);
  return (
    <Stack h="100dvh" p="sm" gap="xs" component="main">
      <Group justify="space-between">
        <div>
          <Title order={1} size="h4">
            Preview
          </Title>
          <Text size="sm" c="dimmed">
            For aiming the camera, without an account, for another {Math.ceil(state.preview_seconds / 60)} minutes. It ends when the{" "}
            <Anchor component={Link} to="/setup">
              administrator is created
            </Anchor>
            .
          </Text>
        </div>
        <Select
          aria-label="View"
          data={offered.map((view) => ({ value: String(view.index), label: view.name }))}
          value={String(chosen)}
          onChange={(value) => value !== null && setChosen(Number(value))}
          allowDeselect={false}
        />
      </Group>
      {views.data && (
        <LiveView
          wish={{ view: chosen, codec: hasWebCodecs ? "h264" : "jpeg", resolution: null }}
          views={offered}
          quadOrder={[1, 2, 3, 4]}
          maySteer={false}
          grid
          onStats={() => undefined}
          onLoggedOut={() => undefined}
        />
      )}
    </Stack>
  );
}
