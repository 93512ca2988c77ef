// The signed example zones of RFC 4035 appendix A (RSASHA1) and RFC 5155 appendix A
// (RSASHA1-NSEC3-SHA1), as far as their example responses need them. a.z.w.example. stands as the
// responses give it, expanded from the wildcard *.w.example.
#pragma once

#include <string_view>

namespace zonefall::dnssec::testing {

inline constexpr std::string_view rfc4035_zone = R"($TTL 3600
example. SOA ns1.example. bugs.x.w.example. 1081539377 3600 300 3600000 3600
example. RRSIG SOA 5 1 3600 (
    20040509183619 20040409183619 38519 example.
    ONx0k36rcjaxYtcNgq6iQnpNV5+drqYAsC9h7TSJaHCqbhE67Sr6aH2xDUGcqQWu/n0UVzrFvkgO9eba
    rZ0GWDKcuwlM6eNB5SiX2K74l5LWDA7S/Un/IbtDq4Ay8NMNLQI7Dw7n4p8/rjkBjV7j86HyQgM5e7+m
    iRAz8V01b0I= )
example. DNSKEY 256 3 5 (
    AQOy1bZVvpPqhg4j7EJoM9rI3ZmyEx2OzDBVrZy/lvI5CQePxXHZS4i8dANH4DX3tbHol61ek8EFMcsG
    XxKciJFHyhl94C+NwILQdzsUlSFovBZsyl/NX6yEbtw/xN9ZNcrbYvgjjZ/UVPZIySFNsgEYvh0z2542
    lzMKR4Dh8uZffQ== )
example. DNSKEY 257 3 5 (
    AQOeX7+baTmvpVHb2CcLnL1dMRWbuscRvHXlLnXwDzvqp4tZVKp1sZMepFb8MvxhhW3y/0QZsyCjczGJ
    1qk8vJe52iOhInKROVLRwxGpMfzPRLMlGybr51bOV/1se0ODacj3DomyB4QB5gKTYot/K9alk5/j8vfd
    4jWCWD+E1Sze0Q== )
example. RRSIG DNSKEY 5 1 3600 (
    20040509183619 20040409183619 9465 example.
    ZxgauAuIj+k1YoVEOSlZfx41fcmKzTFHoweZxYnz99JVQZJ33wFS0Q0jcP7VXKkaElXk9nYJXevO/7nA
    bo88iWsMkSpSR6jWzYYKwfrBI/L9hjYmyVO9m6FjQ7uwM4dCP/bIuV/DKqOAK9NYNC3AHfvCV1Tp4VKD
    qxqG7R5tTVM= )
example. RRSIG DNSKEY 5 1 3600 (
    20040509183619 20040409183619 38519 example.
    eGL0s90glUqcOmloo/2y+bSzyEfKVOQViD9ZDNhLz/Yn9CQZlDVRJffACQDAUhXpU/oP34ribKBpysRX
    osczFrKqS5Oa0bzMOfXCXup9qHApeFIku28Vqfr8Nt7cigZLxjK+u0Ws/4lIRjKk7z5OXogYVaFzHKil
    lDt3HRxHIZM= )
example. NSEC a.example. NS SOA MX RRSIG NSEC DNSKEY
example. RRSIG NSEC 5 1 3600 (
    20040509183619 20040409183619 38519 example.
    O0k558jHhyrC97ISHnislm4kLMW48C7U7cBmFTfhke5iVqNRVTB1STLMpgpbDIC9hcryoO0VZ9ME5xPz
    UEhbvGnHd5sfzgFVeGxr5Nyyq4tWSDBgIBiLQUv1ivy29vhXy7WgR62dPrZ0PWvmjfFJ5arXf4nPxp/k
    EowGgBRzY/U= )
*.w.example. NSEC x.w.example. MX RRSIG NSEC
*.w.example. RRSIG NSEC 5 2 3600 (
    20040509183619 20040409183619 38519 example.
    r/mZnRC3I/VIcrelgIcteSxDhtsdlTDt8ng9HSBlABOlzLxQtfgTnn8f+aOwJIAFe1Ee5RvU5cVhQJNP
    5XpXMJHfyps8tVvfxSAXfahpYqtx91gsmcV/1V9/bZAG55CefP9cM4Z9Y9NT9XQ8s1InQ2UoIv6tJEaa
    KkP701j8OLA= )
a.example. DS 57855 5 1 B6DCD485719ADCA18E5F3D48A2331627FDD3636B
a.example. RRSIG DS 5 2 3600 (
    20040509183619 20040409183619 38519 example.
    oXIKit/QtdG64J/CB+Gi8dOvnwRvqrto1AdQoRkAN15FP3iZ7suB7gvTBmXzCjL7XUgQVcoHkdhyCuzp
    8W9qJHgRUSwKKkczSyuL64nhgjuDEML8l9wlWVsl7PR2VnZduM9bLyBhaaPmRKX/Fm+v6ccF2EGNLRiY
    08kdkz+XHHo= )
a.z.w.example. MX 1 ai.example.
a.z.w.example. RRSIG MX 5 2 3600 (
    20040509183619 20040409183619 38519 example.
    OMK8rAZlepfzLWW75Dxd63jy2wswESzxDKG2f9AMN1CytCd10cYISAxfAdvXSZ7xujKAtPbctvOQ2ofO
    7AZJ+d01EeeQTVBPq4/6KCWhqe2XTjnkVLNvvhnc0u28aoSsG0+4InvkkOHknKxw4kX18MMR34i8lC36
    SR5xBni8vHI= )
b.example. NSEC ns1.example. NS RRSIG NSEC
b.example. RRSIG NSEC 5 2 3600 (
    20040509183619 20040409183619 38519 example.
    GNuxHn844wfmUhPzGWKJCPY5ttEX/RfjDoOx9ueK1PtYkOWKOOdiJ/PJKCYB3hYX+858dDWSxb2qnV/L
    STCNVBnkm6owOpysY97MVj5VQEWs0lm9tFoqjcptQkmQKYPrwUnCSNwvvclSF1xZvhRXgWT7OuFXldoC
    G6TfVFMs9xE= )
ns1.example. NSEC ns2.example. A RRSIG NSEC
ns1.example. RRSIG NSEC 5 2 3600 (
    20040509183619 20040409183619 38519 example.
    I4hj+Kt6+8rCcHcUdolks2S+Wzri9h3fHas81rGN/eILdJHN7JpV6lLGPIh/8fIBkfvdyWnBjjf1q3O7
    JgYO1UdI7FvBNWqaaEPJK3UkddBqZIaLi8Qr2XHkjq38BeQsbp8X0+6h4ETWSGT8IZaIGBLryQWGLw6Y
    6X8dqhlnxJM= )
x.w.example. MX 1 xx.example.
x.w.example. RRSIG MX 5 3 3600 (
    20040509183619 20040409183619 38519 example.
    Il2WTZ+Bkv+OytBx4LItNW5mjB4RCwhOO8y1XzPHZmZUTVYL7LaA63f6T9ysVBzJRI3KRjAPH3U1qaYn
    DoN1DrWqmi9RJe4FoObkbcdm7P3Ikx70ePCoFgRz1Yq+bVVXCvGuAU4xALv3W/Y1jNSlwZ2mSWKHfxFQ
    xPtLj8s32+k= )
x.y.w.example. NSEC xx.example. MX RRSIG NSEC
x.y.w.example. RRSIG NSEC 5 4 3600 (
    20040509183619 20040409183619 38519 example.
    OvE6WUzN2ziieJcvKPWbCAyXyP6ef8cr6CspArVSTzKSquNwbezZmkU7E34o5lmb6CWSSSpgxw098kNU
    FnHcQf/LzY2zqRomubrNQhJTiDTXa0ArunJQCzPjOYq5t0SLjm6qp6McJI1AP5VrQoKqJDCLnoAlcPOP
    KAm/jJkn3jk= )
)";

inline constexpr std::string_view rfc5155_zone = R"($TTL 3600
example. SOA ns1.example. bugs.x.w.example. 1 3600 300 3600000 3600
example. RRSIG SOA 7 1 3600 (
    20150420235959 20051021000000 40430 example.
    Hu25UIyNPmvPIVBrldN+9Mlp9Zql39qaUd8iq4ZLlYWfUUbbAS41pG+68z81q1xhkYAcEyHdVI2LmKus
    bZsT0Q== )
example. DNSKEY 256 3 7 (
    AwEAAaetidLzsKWUt4swWR8yu0wPHPiUi8LUsAD0QPWU+wzt89epO6tHzkMBVDkC7qphQO2hTY4hHn9n
    pWFRw5BYubE= )
example. DNSKEY 257 3 7 (
    AwEAAcUlFV1vhmqx6NSOUOq2R/dsR7Xm3upJj7IommWSpJABVfW8Q0rOvXdM6kzt+TAu92L9AbsUdblM
    Fin8CVF3n4s= )
example. RRSIG DNSKEY 7 1 3600 (
    20150420235959 20051021000000 12708 example.
    AuU4juU9RaxescSmStrQks3Gh9FblGBlVU31uzMZ/U/FpsUb8aC6QZS+sTsJXnLnz7flGOsmMGQZf3bH
    +QsCtg== )
0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. NSEC3 1 1 12 aabbccdd (
    2t7b4g4vsa5smi47k61mv5bv1a22bojr NS SOA MX RRSIG DNSKEY NSEC3PARAM )
0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. RRSIG NSEC3 7 2 3600 (
    20150420235959 20051021000000 40430 example.
    OSgWSm26B+cS+dDL8b5QrWr/dEWhtCsKlwKLIBHYH6blRxK9rC0bMJPwQ4mLIuw85H2EY762BOCXJZMn
    puwhpA== )
2t7b4g4vsa5smi47k61mv5bv1a22bojr.example. NSEC3 1 1 12 aabbccdd (
    2vptu5timamqttgl4luu9kg21e0aor3s A RRSIG )
2t7b4g4vsa5smi47k61mv5bv1a22bojr.example. RRSIG NSEC3 7 2 3600 (
    20150420235959 20051021000000 40430 example.
    OmBvJ1Vgg1hCKMXHFiNeIYHK9XVW0iLDLwJN4TFoNxZuP03gAXEI634YwOc4YBNITrj413iqNI6mRk/r
    1dOSUw== )
35mthgpgcu1qg68fab165klnsnk3dpvl.example. NSEC3 1 1 12 aabbccdd (
    b4um86eghhds6nea196smvmlo4ors995 NS DS RRSIG )
35mthgpgcu1qg68fab165klnsnk3dpvl.example. RRSIG NSEC3 7 2 3600 (
    20150420235959 20051021000000 40430 example.
    g6jPUUpduAJKRljUsN8gB4UagAX0NxY9shwQAynzo8EUWH+z6hEIBlUTPGj15eZll6VhQqgZXtAIR3ch
    wgW+SA== )
b4um86eghhds6nea196smvmlo4ors995.example. NSEC3 1 1 12 aabbccdd (
    gjeqe526plbf1g8mklp59enfd789njgi MX RRSIG )
b4um86eghhds6nea196smvmlo4ors995.example. RRSIG NSEC3 7 2 3600 (
    20150420235959 20051021000000 40430 example.
    ZkPG3M32lmoHM6pa3D6gZFGB/rhL//Bs3Omh5u4m/CUiwtblEVOaAKKZd7S959OeiX43aLX3pOv0TSTy
    iTxIZg== )
ji6neoaepv8b5o6k4ev33abha8ht9fgc.example. NSEC3 1 1 12 aabbccdd (
    k8udemvp1j2f7eg6jebps17vp3n8i58h )
ji6neoaepv8b5o6k4ev33abha8ht9fgc.example. RRSIG NSEC3 7 2 3600 (
    20150420235959 20051021000000 40430 example.
    gPkFp1s2QDQ6wQzcg1uSebZ61W33rUBDcTj72F3kQ490fEdp7k1BUIfbcZtPbX3YCpE+sIt0MpzVSKfT
    wx4uYA== )
k8udemvp1j2f7eg6jebps17vp3n8i58h.example. NSEC3 1 1 12 aabbccdd (
    kohar7mbb8dc2ce8a9qvl8hon4k53uhi )
k8udemvp1j2f7eg6jebps17vp3n8i58h.example. RRSIG NSEC3 7 2 3600 (
    20150420235959 20051021000000 40430 example.
    FtXGbvF0+wf8iWkyo73enAuVx03klN+pILBKS6qCcftVtfH4yVzsEZquJ27NHR7ruxJWDNMtOtx7w9Wf
    cIg62A== )
q04jkcevqvmu85r014c7dkba38o0ji5r.example. NSEC3 1 1 12 aabbccdd (
    r53bq7cc2uvmubfu5ocmm6pers9tk9en A RRSIG )
q04jkcevqvmu85r014c7dkba38o0ji5r.example. RRSIG NSEC3 7 2 3600 (
    20150420235959 20051021000000 40430 example.
    hV5I89b+4FHJDATp09g4bbN0R1F845CaXpL3ZxlMKimoPAyqletMlEWwLfFia7sdpSzn+ZlNNlkxWcLs
    IlMmUg== )
r53bq7cc2uvmubfu5ocmm6pers9tk9en.example. NSEC3 1 1 12 aabbccdd (
    t644ebqk9bibcna874givr6joj62mlhv MX RRSIG )
r53bq7cc2uvmubfu5ocmm6pers9tk9en.example. RRSIG NSEC3 7 2 3600 (
    20150420235959 20051021000000 40430 example.
    aupviViruXs4bDg9rCbezzBMf9h1ZlDvbW/CZFKulIGXXLj8B/fsDJarXVDA9bnUoRhEbKp+HF1FWKW7
    RIJdtQ== )
a.z.w.example. MX 1 ai.example.
a.z.w.example. RRSIG MX 7 2 3600 (
    20150420235959 20051021000000 40430 example.
    CikebjQwGQPwijVcxgcZcSJKtfynugtlBiKb9FcBTrmOoyQ4InoWVudhCWsh/URX3lc4WRUMivEBP6+4
    KS3ldA== )
)";

}  // namespace zonefall::dnssec::testing
