export {
  createAuthority,
  issueCertificate,
  type AuthorityOptions,
  type CertificateOptions,
  type KeyPair,
  type KeyType,
} from './certificates.ts';
