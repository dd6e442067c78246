export {
  createAuthority,
  issueCertificate,
  type AuthorityOptions,
  type CertificateOptions,
  type KeyPair,
} from './certificates.ts';
