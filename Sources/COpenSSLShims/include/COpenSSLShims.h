// What Swift cannot import of OpenSSL: its function-like macros, its typed stacks, and the parameters of a ticket's MAC.
#pragma once
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stddef.h>

/// TLS 1.3 and nothing else, no compression, no renegotiation, read-ahead, buffers freed when empty, and a bound on the
/// peer's certificate chain. 1 = success.
int tollgate_ctx_set_policy(SSL_CTX *ctx, long certificate_chain_bytes_max);
int tollgate_ctx_set_groups(SSL_CTX *ctx, const char *names);
int tollgate_ctx_set_signature_algorithms(SSL_CTX *ctx, const char *names);
/// A client hands every ticket to the new-session callback and stores none itself; a server keeps nothing.
void tollgate_ctx_set_session_cache(SSL_CTX *ctx, int is_client);
/// Appends an intermediate certificate; the context takes its own reference.
int tollgate_ctx_add_chain_certificate(SSL_CTX *ctx, X509 *certificate);
/// The name that the client asks for (SNI).
int tollgate_ssl_set_server_name(SSL *ssl, const char *name);

void tollgate_bio_set_retry_read(BIO *bio);
void tollgate_bio_clear_retry(BIO *bio);

/// AES-256-CBC and HMAC-SHA-256 for one session ticket. Both keys have 32 bytes, the IV has 16. 1 = success.
int tollgate_ticket_prepare(
    EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, const unsigned char *cipher_key, const unsigned char *mac_key,
    const unsigned char *iv, int encrypt);

/// The subject as RFC 2253 writes it, control characters escaped, cut to `size`. Returns the bytes written.
size_t tollgate_x509_subject(const X509 *certificate, char *out, size_t size);
/// Calls `visit` with every URI among the subject's alternative names.
void tollgate_x509_visit_uris(
    const X509 *certificate, void *argument, void (*visit)(void *argument, const unsigned char *bytes, size_t count));
