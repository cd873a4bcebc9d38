import { ActionIcon, Alert, AppShell, Burger, Group, Image, Menu, NavLink, Text, Tooltip, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAdjustments, IconHeartRateMonitor, IconLogout, IconMoon, IconSun, IconUser, IconUsers, IconVideo } from "@tabler/icons-react";
import { Link, Outlet, useLocation } from "react-router-dom";

import { api } from "./api";
import { useSession } from "./session";

/** The frame around every page: menu, theme, who is logged in. */
export function Shell() {
  const { state, me, leave } = useSession();
  const [opened, { toggle, close }] = useDisclosure(false);
  const { pathname } = useLocation();
  const pages = [
    { to: "/", label: "Video", icon: <IconVideo size={20} /> },
    { to: "/status", label: "Status", icon: <IconHeartRateMonitor size={20} /> },
    { to: "/settings", label: "Settings", icon: <IconAdjustments size={20} /> },
    ...(me?.role === "administrator" ? [{ to: "/accounts", label: "Accounts", icon: <IconUsers size={20} /> }] : []),
  ];
  const logOut = async () => {
    await api.logout().finally(leave);
  };
  return (
    <AppShell header={{ height: 52 }} navbar={{ width: 190, breakpoint: "sm", collapsed: { mobile: !opened } }} padding="sm">
      <AppShell.Header px="md">
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap" miw={0}>
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Menu" />
            <Image src="/icon.svg" alt="" w={28} h={28} />
            <Text fw={600} truncate>
              {state.name}
            </Text>
            <Text size="sm" c="dimmed" visibleFrom="sm">
              {state.model.toUpperCase()}
            </Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <ThemeSwitch />
            <Menu position="bottom-end" withArrow>
              <Menu.Target>
                <ActionIcon variant="default" size="lg" aria-label="Account">
                  <IconUser size={20} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Label>
                  {me?.username} ({me?.role})
                </Menu.Label>
                <Menu.Label>
                  panocam {state.version} · {state.serial}
                </Menu.Label>
                <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void logOut()}>
                  Log out
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs">
        {pages.map(({ to, label, icon }) => (
          <NavLink key={to} component={Link} to={to} label={label} leftSection={icon} onClick={close} active={to === "/" ? pathname === "/" : pathname.startsWith(to)} />
        ))}
      </AppShell.Navbar>
      <AppShell.Main h="100dvh" style={{ display: "flex", flexDirection: "column", minHeight: 0 }}>
        {me?.password_is_old && (
          <Alert color="yellow" mb="xs" title="Your password is more than a year old">
            It is a good idea to change it now and then.
          </Alert>
        )}
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function ThemeSwitch() {
  const scheme = useComputedColorScheme("light");
  const { setColorScheme } = useMantineColorScheme();
  const other = scheme === "dark" ? "light" : "dark";
  return (
    <Tooltip label={`Switch to ${other}`}>
      <ActionIcon variant="default" size="lg" aria-label={`Switch to ${other}`} onClick={() => setColorScheme(other)}>
        {scheme === "dark" ? <IconSun size={20} /> : <IconMoon size={20} />}
      </ActionIcon>
    </Tooltip>
  );
}
