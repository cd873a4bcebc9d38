import { Stack, Tabs } from "@mantine/core";
import { useNavigate, useParams } from "react-router-dom";

import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";
import { RestartNote } from "../parts/RestartNote";
import { sectionTitle } from "../settings/labels";
import { SectionForm } from "../settings/SectionForm";
import { useSettings } from "../settings/useSettings";

/** Sections with a page of their own, where the picture stands beside the form. */
const ELSEWHERE = ["source", "installation", "exposure", "stream", "privacy", "overlays", "ptz", "image", "tls", "signing"];

/** All other settings, as forms made from their declaration. */
export function SettingsPage() {
  const { access, problem } = useSettings();
  const { section } = useParams();
  const navigate = useNavigate();
  if (!access) return <Loading problem={problem} />;
  const all = access.sections
    .filter(({ name }) => !ELSEWHERE.includes(name))
    .map((each) => ({ ...each, rows: each.rows.filter(({ path, kind }) => kind !== "records" && path in access.values) }))
    .filter(({ rows }) => rows.length > 0);
  const shown = all.find(({ name }) => name === section) ?? all[0];
  return (
    <Stack maw={640}>
      <PageTitle title="System settings" />
      <RestartNote access={access} />
      <Tabs value={shown?.name ?? null} onChange={(name) => name && navigate(`/settings/${name}`)} keepMounted={false}>
        <Tabs.List mb="md">
          {all.map(({ name, title }) => (
            <Tabs.Tab key={name} value={name}>
              {sectionTitle(name, title)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {all.map((each) => (
          <Tabs.Panel key={each.name} value={each.name}>
            <SectionForm section={each} access={access} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  );
}
