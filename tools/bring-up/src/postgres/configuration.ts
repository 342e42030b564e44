/** What a caller may choose of a server's configuration. */
export interface ServerSettings {
  /**
   * Whether what is committed survives that the machine loses power. Not when left out, since it is much
   * slower; what is committed survives the death of all processes either way.
   */
  readonly fsync?: boolean;
  /** Connections at once. 100 when left out. */
  readonly maxConnections?: number;
  /** Further settings of `postgresql.conf`, which come before those made here. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
}

/** Paths of the files with which a server speaks TLS. */
export interface TlsFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/**
 * The text of a `postgresql.conf`: the server listens at a port of 127.0.0.1 alone, with no socket in the
 * file system, can have standbys, and keeps its memory in its own folder.
 */
export function postgresConf(port: number, settings: ServerSettings, tls: TlsFiles | undefined): string {
  const all = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: settings.maxConnections ?? 100,
    fsync: settings.fsync ?? false,
    full_page_writes: settings.fsync ?? false,
    // Under /dev/shm it would stay there after a kill.
    dynamic_shared_memory_type: 'mmap',
    wal_level: 'replica',
    max_wal_senders: 10,
    max_replication_slots: 10,
    max_slot_wal_keep_size: '1GB',
    hot_standby: true,
    log_destination: 'stderr',
    logging_collector: false,
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(tls === undefined
      ? {}
      : { ssl: true, ssl_ca_file: tls.ca, ssl_cert_file: tls.cert, ssl_key_file: tls.key }),
    ...settings.settings,
  };
  return Object.entries(all)
    .map(([name, value]) => `${name} = ${quoted(setting(value))}\n`)
    .join('');
}

function setting(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value);
}

/** A text as a constant of SQL and of `postgresql.conf`; no backslash may be in it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The text of a `pg_hba.conf`: everybody needs a password, and TLS where the server speaks it. */
export function pgHbaConf(hasTls: boolean): string {
  const type = hasTls ? 'hostssl' : 'host';
  return ['all', 'replication'].map((what) => `${type} ${what} all 127.0.0.1/32 scram-sha-256\n`).join('');
}
