using System.Text.RegularExpressions;

namespace FlashFunctions.Tests.Infra;

/// <summary>docs/cryptography.md names every file that uses cryptography, and none uses a broken algorithm.</summary>
public sealed partial class CryptographyTests
{
    [Fact]
    public void The_inventory_names_every_file_that_uses_cryptography_and_no_other()
    {
        var named = File.ReadAllLines(Repository.Path("docs", "cryptography.md"))
            .Select(line => FileRow().Match(line))
            .Where(row => row.Success)
            .Select(row => row.Groups["file"].Value)
            .ToArray();
        var inCode = Sources().Where(source => Uses().IsMatch(source.Text)).Select(source => source.Name).ToArray();

        Assert.Empty(inCode.Except(named, StringComparer.Ordinal));
        Assert.Empty(named.Except(inCode, StringComparer.Ordinal));
    }

    [Fact]
    public void No_file_uses_a_broken_algorithm_or_leaves_certificates_unchecked() =>
        Assert.Empty(Sources().Where(source => Broken().IsMatch(source.Text)).Select(source => source.Name));

    /// <summary>What is deployed, and the local host; the simulator stands in for the providers and protects nothing.</summary>
    private static IEnumerable<(string Name, string Text)> Sources() =>
        from file in Directory.GetFiles(Repository.Path("src"), "*.cs", SearchOption.AllDirectories)
        let path = Path.GetRelativePath(Repository.Path("src"), file).Replace('\\', '/')
        where !path.StartsWith("FlashFunctions.Simulator/", StringComparison.Ordinal)
            && !path.Contains("/obj/", StringComparison.Ordinal)
            && !path.Contains("/bin/", StringComparison.Ordinal)
        select (Project().Replace(path, ""), Comment().Replace(File.ReadAllText(file), ""));

    [GeneratedRegex(
        @"\b(HMAC\w+|SHA\d\w*|AesGcm|AesCcm|Aes|ChaCha20Poly1305|HKDF|Rfc2898DeriveBytes|RandomNumberGenerator)[.(<]"
            + @"|\b(RSA|ECDsa|ECDiffieHellman|MLKem|X509)\w*[.(<]|FixedTimeEquals\(",
        RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Uses();

    [GeneratedRegex(
        @"\b(MD5|SHA1|HMACMD5|HMACSHA1|DES|TripleDES|RC2|DSA|CipherMode|PaddingMode|RSAEncryptionPadding|SslProtocols)\b|Guid\.NewGuid"
            + "|ServerCertificateCustomValidationCallback|RemoteCertificateValidationCallback",
        RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Broken();

    [GeneratedRegex(@"^FlashFunctions(\.(?=\w)|/)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Project();

    [GeneratedRegex(@"//[^\n]*", RegexOptions.None, 1_000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^\| `(?<file>[\w./]+\.cs)` \|", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex FileRow();
}
