// What Swift cannot import of OpenSSL, as plain functions.
#include "COpenSSLShims.h"
#include <openssl/core_names.h>
#include <openssl/params.h>

int tollgate_ctx_set_policy(SSL_CTX *ctx, long certificate_chain_bytes_max) {
  if (SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) != 1) return 0;
  if (SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) != 1) return 0;
  // Tickets of a refused early-data attempt would otherwise be accepted once more; there is no early data at all here.
  if (SSL_CTX_set_max_early_data(ctx, 0) != 1 || SSL_CTX_set_recv_max_early_data(ctx, 0) != 1) return 0;
  SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(ctx, 1);
  SSL_CTX_set_max_cert_list(ctx, certificate_chain_bytes_max);
  return 1;
}

int tollgate_ctx_set_groups(SSL_CTX *ctx, const char *names) { return (int)SSL_CTX_set1_groups_list(ctx, names); }

int tollgate_ctx_set_signature_algorithms(SSL_CTX *ctx, const char *names) {
  return (int)SSL_CTX_set1_sigalgs_list(ctx, names);
}

void tollgate_ctx_set_session_cache(SSL_CTX *ctx, int is_client) {
  long mode = is_client ? SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL : SSL_SESS_CACHE_OFF;
  SSL_CTX_set_session_cache_mode(ctx, mode);
}

int tollgate_ctx_add_chain_certificate(SSL_CTX *ctx, X509 *certificate) {
  return (int)SSL_CTX_add1_chain_cert(ctx, certificate);
}

int tollgate_ssl_set_server_name(SSL *ssl, const char *name) { return (int)SSL_set_tlsext_host_name(ssl, name); }

void tollgate_bio_set_retry_read(BIO *bio) { BIO_set_retry_read(bio); }

void tollgate_bio_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }

int tollgate_ticket_prepare(
    EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, const unsigned char *cipher_key, const unsigned char *mac_key,
    const unsigned char *iv, int encrypt) {
  OSSL_PARAM parameters[3];
  parameters[0] = OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, (void *)mac_key, 32);
  parameters[1] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0);
  parameters[2] = OSSL_PARAM_construct_end();
  if (EVP_MAC_CTX_set_params(mac, parameters) != 1) return 0;
  return EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, cipher_key, iv, encrypt);
}

size_t tollgate_x509_subject(const X509 *certificate, char *out, size_t size) {
  BIO *text = BIO_new(BIO_s_mem());
  if (text == NULL) return 0;
  // Names outside ASCII stay readable as UTF-8; control characters stay escaped, because the text goes into logs.
  unsigned long flags = (XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
  int count = 0;
  if (X509_NAME_print_ex(text, X509_get_subject_name(certificate), 0, flags) >= 0) count = BIO_read(text, out, (int)size);
  BIO_free(text);
  return count > 0 ? (size_t)count : 0;
}

void tollgate_x509_visit_uris(
    const X509 *certificate, void *argument, void (*visit)(void *argument, const unsigned char *bytes, size_t count)) {
  GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
  for (int index = 0; index < sk_GENERAL_NAME_num(names); index++) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING *uri = name->d.uniformResourceIdentifier;
    visit(argument, ASN1_STRING_get0_data(uri), (size_t)ASN1_STRING_length(uri));
  }
  GENERAL_NAMES_free(names);
}
