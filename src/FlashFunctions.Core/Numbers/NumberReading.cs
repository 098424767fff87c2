using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Core.Numbers;

/// <summary>What <see cref="NumberPlan.Read"/> made of a text: either of its nested records.</summary>
public abstract record NumberReading
{
    private NumberReading()
    {
    }

    /// <summary>A number that could be called.</summary>
    /// <param name="Number">The number in its canonical form: what is stored, sent and answered, however it was written.</param>
    /// <param name="Place">Where it belongs.</param>
    public sealed record Valid(PhoneNumber Number, NumberPlace Place) : NumberReading
    {
        /// <summary>As <see cref="NumberPlace.Country"/>.</summary>
        public string Country => Place.Country;

        /// <summary>As <see cref="NumberPlace.Type"/>.</summary>
        public NumberType Type => Place.Type;

        /// <summary>As <see cref="NumberPlace.CallingCode"/>.</summary>
        public string CallingCode => Place.CallingCode;

        /// <summary>As <see cref="NumberPlace.IsAssigned"/>; always true where an assigned range was required.</summary>
        public bool IsAssigned => Place.IsAssigned;
    }

    /// <summary>Not a number that could be called (errorCode 11).</summary>
    /// <param name="Reason">
    /// What is wrong and how to write it, in a sentence for the developer of the caller; never holds the number.
    /// </param>
    public sealed record Invalid(string Reason) : NumberReading;
}
