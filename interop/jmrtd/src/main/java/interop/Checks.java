package interop;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.AlgorithmParameterSpec;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.crypto.engines.RSAEngine;
import org.bouncycastle.crypto.signers.ISO9796d2Signer;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.jcajce.provider.util.DigestFactory;
import org.bouncycastle.jce.interfaces.ECPublicKey;
import org.bouncycastle.math.ec.ECPoint;
import org.jmrtd.PassportService;
import org.jmrtd.lds.ActiveAuthenticationInfo;
import org.jmrtd.lds.CardSecurityFile;
import org.jmrtd.lds.ChipAuthenticationPublicKeyInfo;
import org.jmrtd.lds.SODFile;
import org.jmrtd.lds.SignedDataUtil;
import org.jmrtd.lds.icao.DG14File;
import org.jmrtd.protocol.PACECAMResult;
import org.jmrtd.protocol.PACEGMMappingResult;

/** What JMRTD leaves to its applications: who signed, and whether the chip's answers prove anything. Throws if not. */
final class Checks {
  private final X509Certificate csca;
  private final Date day;

  Checks(byte[] csca, String day) throws GeneralSecurityException {
    this.csca = (X509Certificate) CertificateFactory.getInstance("X.509", "BC")
        .generateCertificate(new ByteArrayInputStream(csca));
    this.day = Date.from(LocalDate.parse(day).atStartOfDay(ZoneOffset.UTC).toInstant());
  }

  void sod(SODFile sod) throws GeneralSecurityException {
    signature(sod.getDigestEncryptionAlgorithm(), sod.getDigestEncryptionAlgorithmParams(),
        sod.getDocSigningCertificate(), sod.getEContent(), sod.getEncryptedDigest());
  }

  void digests(SODFile sod, Map<String, byte[]> files) throws GeneralSecurityException {
    for (Map.Entry<Integer, byte[]> signed : sod.getDataGroupHashes().entrySet()) {
      byte[] file = files.get("DG" + signed.getKey());
      if (file != null) {
        MessageDigest digest = MessageDigest.getInstance(sod.getDigestAlgorithm());
        require(MessageDigest.isEqual(digest.digest(file), signed.getValue()),
            "the digest of DG" + signed.getKey());
      }
    }
  }

  /** The chip's mapping key is the signed key times the number that came encrypted [9303-11 §4.4.3.5]. */
  void mapping(PACECAMResult pace, byte[] cardSecurity) throws Exception {
    SignedData signed = SignedDataUtil.readSignedData(new ByteArrayInputStream(cardSecurity));
    signature(SignedDataUtil.getDigestEncryptionAlgorithm(signed),
        SignedDataUtil.getDigestEncryptionAlgorithmParams(signed),
        SignedDataUtil.getCertificates(signed).get(0), SignedDataUtil.getEContent(signed),
        SignedDataUtil.getEncryptedDigest(signed));
    PACEGMMappingResult mapped = (PACEGMMappingResult) pace.getMappingResult();
    ECPoint sent = point(mapped.getPICCMappingPublicKey()).normalize();
    BigInteger number = new BigInteger(1, chipAuthenticationData(pace));
    CardSecurityFile file = new CardSecurityFile(new ByteArrayInputStream(cardSecurity));
    for (ChipAuthenticationPublicKeyInfo key : file.getChipAuthenticationPublicKeyInfos()) {
      ECPoint computed = point(key.getSubjectPublicKey()).multiply(number).normalize();
      // As bytes: one curve has several classes of points, and they are never equal.
      if (MessageDigest.isEqual(computed.getEncoded(false), sent.getEncoded(false))) {
        return;
      }
    }
    throw new SignatureException("no signed key fits the mapping");
  }

  /**
   * JMRTD decrypts it under an initial vector of ones; the standard's is their encryption [9303-11 §4.4.3.5.2], so it is done
   * once more.
   */
  private static byte[] chipAuthenticationData(PACECAMResult pace) throws Exception {
    SecretKey key = pace.getWrapper().getEncryptionKey();
    byte[] ones = new byte[16];
    Arrays.fill(ones, (byte) 0xFF);
    Cipher aes = Cipher.getInstance("AES/ECB/NoPadding", "BC");
    aes.init(Cipher.ENCRYPT_MODE, key);
    byte[] vector = aes.doFinal(ones);
    aes = Cipher.getInstance("AES/CBC/ISO7816-4Padding", "BC");
    aes.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(vector));
    return aes.doFinal(pace.getEncryptedChipAuthenticationData());
  }

  void active(PassportService service, PublicKey key, DG14File dg14) throws Exception {
    byte[] challenge = new byte[8];
    new SecureRandom().nextBytes(challenge);
    if (key.getAlgorithm().equals("RSA")) {
      byte[] answer = service.doAA(key, null, null, challenge).getResponse();
      Cipher rsa = Cipher.getInstance("RSA/NONE/NoPadding", "BC");
      rsa.init(Cipher.DECRYPT_MODE, key);
      String digest = digest(rsa.doFinal(answer));
      // Bouncy Castle 1.84's Signature for this scheme fails with trailers of two bytes; its own class does not.
      ISO9796d2Signer signer = new ISO9796d2Signer(
          new RSAEngine(), DigestFactory.getDigest(digest), digest.equals("SHA-1"));
      signer.init(false, PublicKeyFactory.createKey(key.getEncoded()));
      signer.updateWithRecoveredMessage(answer);
      signer.update(challenge, 0, challenge.length);
      require(signer.verifySignature(answer), "the signature over the challenge");
    } else {
      ActiveAuthenticationInfo info = dg14.getActiveAuthenticationInfos().get(0);
      String algorithm =
          ActiveAuthenticationInfo.lookupMnemonicByOID(info.getSignatureAlgorithmOID());
      byte[] answer = service.doAA(key, null, algorithm, challenge).getResponse();
      Signature signature =
          Signature.getInstance(algorithm.replace("withECDSA", "withPLAIN-ECDSA"), "BC");
      signature.initVerify(key);
      signature.update(challenge);
      require(signature.verify(answer), "the signature over the challenge");
    }
  }

  /** The digest of a signature of ISO/IEC 9796-2, by its trailer. */
  private static String digest(byte[] plain) throws SignatureException {
    if (plain[plain.length - 1] == (byte) 0xBC) {
      return "SHA-1";
    }
    return switch (plain[plain.length - 2]) {
      case 0x33 -> "SHA-1";
      case 0x34 -> "SHA-256";
      case 0x35 -> "SHA-512";
      case 0x36 -> "SHA-384";
      case 0x38 -> "SHA-224";
      default -> throw new SignatureException("the trailer names no digest");
    };
  }

  private void signature(String algorithm, AlgorithmParameterSpec parameters,
      X509Certificate signer, byte[] content, byte[] signed) throws GeneralSecurityException {
    Signature signature = Signature.getInstance(algorithm, "BC");
    if (parameters != null) {
      signature.setParameter(parameters);
    }
    signature.initVerify(signer);
    signature.update(content);
    require(signature.verify(signed), "the signature over the signed data");
    PKIXParameters path = new PKIXParameters(Set.of(new TrustAnchor(csca, null)));
    path.setRevocationEnabled(false);
    path.setDate(day);
    CertificateFactory factory = CertificateFactory.getInstance("X.509", "BC");
    CertPathValidator.getInstance("PKIX", "BC")
        .validate(factory.generateCertPath(List.of(signer)), path);
  }

  private static ECPoint point(PublicKey key) {
    return ((ECPublicKey) key).getQ();
  }

  private static void require(boolean holds, String what) throws SignatureException {
    if (!holds) {
      throw new SignatureException(what + " does not fit");
    }
  }
}
