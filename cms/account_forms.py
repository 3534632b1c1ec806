"""The forms of signing in, in our words."""

from allauth.account.forms import LoginForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms

CODE_ATTRIBUTES = {"inputmode": "numeric", "autocomplete": "one-time-code", "class": "govuk-input--width-5"}


def _as_code(field: forms.Field) -> None:
    field.label = "Code"
    field.widget = forms.TextInput(attrs=CODE_ATTRIBUTES)
    field.error_messages["required"] = "Enter the code"


class SignInForm(LoginForm):
    """E-mail address and password."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, password.label = "E-mail address", "Password"
        login.widget.attrs = {"autocomplete": "username", "spellcheck": "false"}
        password.widget.attrs = {"autocomplete": "current-password"}
        login.error_messages["required"] = "Enter your e-mail address"
        login.error_messages["invalid"] = "Enter an e-mail address like name@example.org"
        password.error_messages["required"] = "Enter your password"
        password.help_text = ""


class SignInCodeForm(AuthenticateForm):
    """The code of the second step, or a recovery code."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _as_code(self.fields["code"])


class ConfirmCodeForm(ReauthenticateForm):
    """The code once more, before something that matters."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _as_code(self.fields["code"])


class SetUpCodeForm(ActivateTOTPForm):
    """The first code from a newly scanned picture."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _as_code(self.fields["code"])
