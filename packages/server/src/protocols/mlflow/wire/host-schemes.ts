/** They name a host, to which clients would be sent with what they log, and with what they sign in by. */
export const hostSchemes: readonly string[] = 'http https ftp ftps sftp hdfs viewfs r2 b2 abfss'.split(' ');
