namespace FlashFunctions.Core.Numbers;

/// <summary>What <see cref="NumberPlan.Read"/> made of a text: either of its nested records.</summary>
public abstract record NumberReading
{
    private NumberReading()
    {
    }

    /// <summary>A number that could be called.</summary>
    /// <param name="Number">The number.</param>
    /// <param name="Country">As <see cref="NumberPlace.Country"/>.</param>
    /// <param name="Type">As <see cref="NumberPlace.Type"/>.</param>
    /// <param name="CallingCode">As <see cref="NumberPlace.CallingCode"/>.</param>
    public sealed record Valid(PhoneNumber Number, string Country, NumberType Type, string CallingCode) : NumberReading
    {
        /// <summary>As <see cref="NumberPlace.IsAssigned"/>; always true where an assigned range was required.</summary>
        public bool IsAssigned { get; init; } = true;
    }

    /// <summary>Not a number that could be called (errorCode 11).</summary>
    /// <param name="Reason">What is wrong and how to write it, in a sentence for the developer of the caller; never holds the number.</param>
    public sealed record Invalid(string Reason) : NumberReading;
}
