using FlashFunctions.Core.Numbers;

namespace FlashFunctions.Tests.Numbers;

public sealed class NumberVariantTests
{
    [Theory]
    [InlineData("+54111523456789", "+5491123456789", "AR")]
    [InlineData("+549111523456789", "+5491123456789", "AR")]
    [InlineData("+5491123456789", "+5491123456789", "AR")]
    [InlineData("+54351152345678", "+5493512345678", "AR")]
    [InlineData("+54296615234567", "+5492966234567", "AR")]
    [InlineData("+5215512345678", "+525512345678", "MX")]
    [InlineData("+525512345678", "+525512345678", "MX")]
    [InlineData("+551161234567", "+5511961234567", "BR")]
    [InlineData("+551181234567", "+5511981234567", "BR")]
    [InlineData("+552199876543", "+5521999876543", "BR")]
    [InlineData("+5511961234567", "+5511961234567", "BR")]
    public void Ways_to_write_a_number_that_reach_the_same_phone_are_one_number(string written, string sent, string country)
    {
        foreach (var requireAssignedRange in (bool[])[true, false])
        {
            var number = Assert.IsType<NumberReading.Valid>(NumberPlan.Instance.Read(written, requireAssignedRange));

            Assert.Equal((sent, country), (number.Number.E164, number.Country));
            Assert.True(number.Type.MayBeMobile());
            Assert.Equal(number.Place, NumberPlan.Instance.Locate(number.Number));
        }
    }

    [Theory]
    [InlineData("+541123456789")] // A fixed line in Buenos Aires: its mobile namesake has a 9.
    [InlineData("+551123456789")] // A fixed line.
    [InlineData("+551171234567")] // Mobile radio, which never got a ninth digit.
    [InlineData("+528001234567")]
    [InlineData("+12025550123")]
    [InlineData("+390612345678")]
    public void A_number_that_merely_looks_like_another_stays_as_it_is(string number) =>
        Assert.Equal(number, Assert.IsType<NumberReading.Valid>(NumberPlan.Instance.Read(number, requireAssignedRange: true)).Number.E164);

    [Theory]
    [InlineData("+552081234567")] // No Brazilian area has the code 20.
    [InlineData("+522100000000")]
    public void An_unassigned_number_stays_as_it_is_where_such_are_allowed(string number) =>
        Assert.Equal(number, Assert.IsType<NumberReading.Valid>(NumberPlan.Instance.Read(number, requireAssignedRange: false)).Number.E164);

    [Fact]
    public void The_old_Mexican_form_is_the_new_one_also_in_an_unassigned_range()
    {
        Assert.Equal("+522100000000", NumberPlan.Instance.OneForm("+5212100000000"));
        Assert.IsType<NumberReading.Invalid>(NumberPlan.Instance.Read("+5212100000000", requireAssignedRange: true));
    }

    [Theory]
    [InlineData("not a number")]
    [InlineData("+999123")]
    [InlineData("12345")]
    public void What_is_no_number_has_no_other_form(string text) => Assert.Equal(text, NumberPlan.Instance.OneForm(text));
}
